// An independent wallet: reads the EIP-712 domain of a contract from the contract itself, and hashes and signs messages.
//
// stdin:  {"viem": folder, "url": node, "contract": address, "messages": [{"primaryType", "types", "message", "keys"}]}
// stdout: {"domain", "fields", "extensions", "messages": [{"hash", "signatures"}]}
// What is signed is made of the fetched domain alone: nothing of ours names it here.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const request = JSON.parse(readFileSync(0, "utf8"));
const require = createRequire(join(request.viem, "package.json"));
const { createPublicClient, hashTypedData, http } = require("viem");
const { privateKeyToAccount } = require("viem/accounts");

const client = createPublicClient({ transport: http(request.url) });
const found = await client.getEip712Domain({ address: request.contract });
// viem returns an unused salt as zeros, which would become part of the domain: `fields` says which members there are.
const members = ["name", "version", "chainId", "verifyingContract", "salt"].filter((_, bit) => (found.fields >> bit) & 1);
const domain = Object.fromEntries(members.map((member) => [member, found.domain[member]]));

const messages = [];
for (const { primaryType, types, message, keys } of request.messages) {
  const typed = { domain, types, primaryType, message };
  const signatures = [];
  for (const key of keys) {
    signatures.push(await privateKeyToAccount(key).signTypedData(typed));
  }
  messages.push({ hash: hashTypedData(typed), signatures });
}

const plain = (_, value) => (typeof value === "bigint" ? value.toString() : value);
process.stdout.write(JSON.stringify({ domain, fields: found.fields, extensions: found.extensions, messages }, plain));
