# make run        set up, build, start the gateway with one real certificate sent to it
# make test       set up, build and run every test
# make sanitize   run the tests of the rooms below Server with the address, then with the thread sanitizer; by hand, not in CI
.PHONY: run test format contracts fuzz sanitize bench clean

run:
	@Scripts/install-packages build
	@echo "building (the first time takes some minutes)"
	@swift build -c release --product coconect-soap --quiet
	@Scripts/run "$$(swift build -c release --show-bin-path)/coconect-soap"

test:
	@Scripts/install-packages test
	@Scripts/test

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

clean:
	rm -rf .build var certs/dev

# the crash test with 5,000 messages a case (some minutes each); make test runs a short one
torture:
	@Scripts/install-packages test
	@swift build -c release --product coconect-soap --quiet
	@cd Tests/Interop && COCONECT_TORTURE=5000 COCONECT_COMMAND="$$(cd ../.. && swift build -c release --show-bin-path)/coconect-soap" \
	  /usr/bin/python3 -W ignore::ResourceWarning -m unittest -v test_torture
