import json, sys
print(open(sys.argv[1]+"/bench.json").read())
