/// The clients of the kit, as they stand in `Clients/`: a file's name up to its first underscore is the folder of its toolkit;
/// what has none is shared by several.
enum ClientRecipes {
    static let files: [(path: String, bytes: [UInt8])] = [
        ("kit.sh", PackageResources.kit_sh),
        ("curl/README.md", PackageResources.curl_README_md),
        ("curl/run.sh", PackageResources.curl_run_sh),
        ("dotnet/Client.cs", PackageResources.dotnet_Client_cs),
        ("dotnet/Client.exe.config", PackageResources.dotnet_Client_exe_config),
        ("dotnet/README.md", PackageResources.dotnet_README_md),
        ("dotnet/WSSecurity.cs", PackageResources.dotnet_WSSecurity_cs),
        ("dotnet/run.sh", PackageResources.dotnet_run_sh),
        ("gsoap/README.md", PackageResources.gsoap_README_md),
        ("gsoap/client.c", PackageResources.gsoap_client_c),
        ("gsoap/run.sh", PackageResources.gsoap_run_sh),
        ("gsoap/typemap.dat", PackageResources.gsoap_typemap_dat),
        ("jaxws/Client.java", PackageResources.jaxws_Client_java),
        ("jaxws/Kit.java", PackageResources.jaxws_Kit_java),
        ("jaxws/README.md", PackageResources.jaxws_README_md),
        ("jaxws/Security.java", PackageResources.jaxws_Security_java),
        ("jaxws/run.sh", PackageResources.jaxws_run_sh),
        ("php/README.md", PackageResources.php_README_md),
        ("php/WSSecurity.php", PackageResources.php_WSSecurity_php),
        ("php/client.php", PackageResources.php_client_php),
        ("php/run.sh", PackageResources.php_run_sh),
        ("zeep/README.md", PackageResources.zeep_README_md),
        ("zeep/client.py", PackageResources.zeep_client_py),
        ("zeep/run.sh", PackageResources.zeep_run_sh),
        ("zeep/security.py", PackageResources.zeep_security_py),
    ]
}
