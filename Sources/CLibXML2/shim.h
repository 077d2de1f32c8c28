// The only door to libxml2. Every other shim that needs its headers includes this file's ICU cure first.
#pragma once
#include <libxml/xmlversion.h>
// Debian's libxml2 is built with ICU, and <libxml/encoding.h> would then include <unicode/ucnv.h>, whose types
// clash with Foundation's own ICU module. Only trailing fields of xmlCharEncodingHandler depend on it.
#undef LIBXML_ICU_ENABLED
#include <libxml/c14n.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <libxml/xmlregexp.h>
#include <libxml/xmlschemas.h>

// xmlFree is a mutable global function pointer, which Swift 6 rightly refuses to touch.
static inline void coconect_xml_free(void *pointer) { xmlFree(pointer); }

// A DOCTYPE stops the parser before any entity is read. The flag is in ctxt->_private, because the read call
// still returns a partial document.
static inline void coconect_refuse_doctype(void *context, const xmlChar *name, const xmlChar *external, const xmlChar *system) {
    (void)name; (void)external; (void)system;
    xmlParserCtxtPtr parser = (xmlParserCtxtPtr)context;
    parser->_private = (void *)1;
    parser->wellFormed = 0;
    xmlStopParser(parser);
}

// libxml2 goes on after a fatal error, and would then read what the byte scan in front of it took for something else.
static inline void coconect_stop_at_error(void *context, xmlErrorPtr error) {
    xmlParserCtxtPtr parser = (xmlParserCtxtPtr)context;
    if (parser != NULL && error->level == XML_ERR_FATAL && !parser->disableSAX) xmlStopParser(parser);
}

// Canonicalization reports through the thread's generic handler, which prints unless it is told not to.
static inline void coconect_say_nothing(void *context, const char *message, ...) { (void)context; (void)message; }
static inline void coconect_silence_thread(void) { xmlSetGenericErrorFunc(NULL, coconect_say_nothing); }

// A parser context that refuses a DOCTYPE and prints nothing; what went wrong is read with xmlCtxtGetLastError.
static inline xmlParserCtxtPtr coconect_new_parser(void) {
    xmlParserCtxtPtr parser = xmlNewParserCtxt();
    if (parser == NULL) return NULL;
    parser->sax->internalSubset = coconect_refuse_doctype;
    parser->sax->initialized = XML_SAX2_MAGIC;
    parser->sax->serror = coconect_stop_at_error;
    return parser;
}

static inline int coconect_saw_doctype(xmlParserCtxtPtr parser) { return parser->_private != NULL; }
