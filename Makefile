# make run        set up, build, start the gateway with one real certificate sent to it
# make cluster    the same with HAProxy, three gateways and PostgreSQL; config/cluster/README.md explains it
# make test       set up, build and run every test; Scripts/test stores runs that folder of Tests/Interop alone
# make interop    run partners' toolkits against the gateway, and write into wsdl/toolkits.md what each was seen to do
# make sanitize   run the tests of the rooms below Server with the address, then with the thread sanitizer; by hand, not in CI
# make torture    kill gateways, databases and JSON gateways while 5,000 messages go through, case by case; make test does it shortly
.PHONY: run cluster test interop format contracts fuzz sanitize torture bench clean

run:
	@Scripts/install-packages build
	@echo "building (the first time takes some minutes)"
	@swift build -c release --product coconect-soap --quiet
	@Scripts/run "$$(swift build -c release --show-bin-path)/coconect-soap"

cluster:
	@Scripts/install-packages cluster
	@echo "building (the first time takes some minutes)"
	@swift build -c release --product coconect-soap --quiet
	@Scripts/cluster "$$(swift build -c release --show-bin-path)/coconect-soap"

test:
	@Scripts/install-packages test
	@Scripts/test

interop:
	@Scripts/install-packages test
	@swift build -c release --product coconect-soap --quiet
	@Scripts/interop "$$(swift build -c release --show-bin-path)/coconect-soap"

format:
	@swift format --in-place --recursive Sources Tests Benchmarks/Sources Benchmarks/Package.swift Package.swift

contracts:
	@swift run -c release coconect-soap contract --out wsdl

fuzz:
	@Scripts/install-packages test
	@Tests/Fuzz/run 600

sanitize:
	@Scripts/install-packages test
	@Scripts/sanitize address
	@Scripts/sanitize thread

bench:
	@Scripts/install-packages test
	@Benchmarks/run

torture:
	@Scripts/install-packages test
	@swift build -c release --product coconect-soap --quiet
	@cd Tests/Interop && COCONECT_TORTURE=5000 COCONECT_COMMAND="$$(cd ../.. && swift build -c release --show-bin-path)/coconect-soap" \
	  /usr/bin/python3 -W ignore::ResourceWarning -m unittest -v stores.test_torture

clean:
	rm -rf .build var certs/dev
