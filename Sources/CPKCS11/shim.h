// The only door to PKCS#11 tokens (Cryptoki 2.40): a module is loaded at run time, so nothing is linked.
#pragma once
#include <dlfcn.h>
// Its own names; without this the header takes macros of the name of every type.
#define CRYPTOKI_GNU 1
#include <p11-kit/pkcs11.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    struct ck_function_list *functions;
    ck_session_handle_t session;
    ck_object_handle_t key;
} coconect_token;

// Loads a module once for the process; NULL where it is none. It is never unloaded: other sessions may be in it.
static inline struct ck_function_list *coconect_token_module(const char *path) {
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) return NULL;
    ck_rv_t (*list)(struct ck_function_list **) = (ck_rv_t(*)(struct ck_function_list **))dlsym(library, "C_GetFunctionList");
    struct ck_function_list *functions = NULL;
    if (list == NULL || list(&functions) != CKR_OK || functions == NULL) return NULL;
    struct ck_c_initialize_args arguments;
    memset(&arguments, 0, sizeof arguments);
    arguments.flags = CKF_OS_LOCKING_OK;
    ck_rv_t code = functions->C_Initialize(&arguments);
    return code == CKR_OK || code == CKR_CRYPTOKI_ALREADY_INITIALIZED ? functions : NULL;
}

// The slot whose token has this label (padded with blanks to 32 characters).
static inline ck_rv_t coconect_token_slot(struct ck_function_list *functions, const char *label, ck_slot_id_t *slot) {
    unsigned long count = 0;
    ck_rv_t code = functions->C_GetSlotList(1, NULL, &count);
    if (code != CKR_OK) return code;
    ck_slot_id_t *slots = (ck_slot_id_t *)calloc(count + 1, sizeof(ck_slot_id_t));
    code = functions->C_GetSlotList(1, slots, &count);
    ck_rv_t found = CKR_TOKEN_NOT_PRESENT;
    size_t length = strlen(label);
    for (unsigned long i = 0; code == CKR_OK && i < count && found != CKR_OK; i++) {
        struct ck_token_info info;
        if (functions->C_GetTokenInfo(slots[i], &info) != CKR_OK || length > sizeof info.label) continue;
        int same = memcmp(info.label, label, length) == 0;
        for (size_t j = length; j < sizeof info.label; j++) same = same && info.label[j] == ' ';
        if (same) {
            *slot = slots[i];
            found = CKR_OK;
        }
    }
    free(slots);
    return code == CKR_OK ? found : code;
}

// Opens a session, logs in and finds the one private key with this label.
static inline ck_rv_t coconect_token_open(coconect_token *token, const char *label, const char *pin, const char *object) {
    struct ck_function_list *functions = token->functions;
    ck_slot_id_t slot = 0;
    ck_rv_t code = coconect_token_slot(functions, label, &slot);
    if (code != CKR_OK) return code;
    code = functions->C_OpenSession(slot, CKF_SERIAL_SESSION, NULL, NULL, &token->session);
    if (code != CKR_OK) return code;
    code = functions->C_Login(token->session, CKU_USER, (unsigned char *)pin, strlen(pin));
    if (code == CKR_OK || code == CKR_USER_ALREADY_LOGGED_IN) {
        ck_object_class_t private_key = CKO_PRIVATE_KEY;
        struct ck_attribute wanted[] = {{CKA_CLASS, &private_key, sizeof private_key}, {CKA_LABEL, (void *)object, strlen(object)}};
        ck_object_handle_t keys[2];
        unsigned long count = 0;
        code = functions->C_FindObjectsInit(token->session, wanted, 2);
        if (code == CKR_OK) {
            code = functions->C_FindObjects(token->session, keys, 2, &count);
            functions->C_FindObjectsFinal(token->session);
        }
        if (code == CKR_OK && count != 1) code = CKR_KEY_HANDLE_INVALID;
        if (code == CKR_OK) token->key = keys[0];
    }
    if (code != CKR_OK) functions->C_CloseSession(token->session);
    return code;
}

static inline void coconect_token_close(coconect_token *token) { token->functions->C_CloseSession(token->session); }

// Whether the session is still logged in.
static inline ck_rv_t coconect_token_state(coconect_token *token) {
    struct ck_session_info info;
    ck_rv_t code = token->functions->C_GetSessionInfo(token->session, &info);
    if (code != CKR_OK) return code;
    return info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS ? CKR_OK : CKR_USER_NOT_LOGGED_IN;
}

// Signs with CKM_RSA_PKCS, CKM_ECDSA, or CKM_RSA_PKCS_PSS over a digest of `hash` with a mask over the same.
static inline ck_rv_t coconect_token_sign(coconect_token *token, unsigned long mechanism, unsigned long hash, unsigned long mask,
                                          unsigned long salt, const unsigned char *data, unsigned long count, unsigned char *signature,
                                          unsigned long *length) {
    struct ck_rsa_pkcs_pss_params parameters = {hash, mask, salt};
    struct ck_mechanism method = {mechanism, NULL, 0};
    if (mechanism == CKM_RSA_PKCS_PSS) {
        method.parameter = &parameters;
        method.parameter_len = sizeof parameters;
    }
    ck_rv_t code = token->functions->C_SignInit(token->session, &method, token->key);
    if (code != CKR_OK) return code;
    return token->functions->C_Sign(token->session, (unsigned char *)data, count, signature, length);
}
