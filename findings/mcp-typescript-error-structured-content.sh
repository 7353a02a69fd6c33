#!/usr/bin/env bash
# @modelcontextprotocol/sdk 1.32.2 (the TypeScript SDK): a tool's error with structured content is replaced by -32602.
# One expects: a result with isError true reaches the caller with its text, and the output schema, which describes what
#   the tool answers when it works, does not apply to it. Without structured content that is so.
# What happens: once listTools was called (as every host does) callTool checks the structured content of errors too, throws
#   "Structured content does not match", and the tool's own words of what went wrong are gone.
# Who is affected: servers that say an error's code in structuredContent, and the model that should read what to do about it.
set -u
folder=$(mktemp -d) && trap 'rm -rf "$folder"' EXIT && cd "$folder" || exit 2
absent() { echo "cannot be shown here: $1"; exit 2; }
command -v npm >/dev/null || absent "npm is not installed"
timeout 150 npm install --silent --no-audit --no-fund @modelcontextprotocol/sdk@1.32.2 >log 2>&1 || absent "npm: $(tail -n 1 log)"

cat >expected <<'END'
@modelcontextprotocol/sdk 1.32.2
before listTools, with structured content: isError true, "the window is minimised"
after listTools, without: isError true, "the window is minimised"
after listTools, with structured content: thrown -32602, Structured content does not match the tool's output schema
END
cat >show.mjs <<'END'
import { readFileSync } from "node:fs";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { InMemoryTransport } from "@modelcontextprotocol/sdk/inMemory.js";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { CallToolRequestSchema, ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";

const file = "node_modules/@modelcontextprotocol/sdk/package.json";
console.log(`@modelcontextprotocol/sdk ${JSON.parse(readFileSync(file, "utf8")).version}`);
const inputSchema = { type: "object" };
const outputSchema = { type: "object", properties: { width: { type: "number" } }, required: ["width"] };
const failed = { isError: true, content: [{ type: "text", text: "the window is minimised" }] };
const server = new Server({ name: "camera", version: "1" }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [{ name: "look", inputSchema, outputSchema }] }));
server.setRequestHandler(CallToolRequestSchema, ({ params }) =>
  params.arguments.coded ? { ...failed, structuredContent: { code: "window_hidden" } } : failed);
const client = new Client({ name: "host", version: "1" });
const [one, other] = InMemoryTransport.createLinkedPair();
await Promise.all([server.connect(one), client.connect(other)]);

async function look(coded) {
  try {
    const result = await client.callTool({ name: "look", arguments: { coded } });
    return `isError ${result.isError}, "${result.content[0].text}"`;
  } catch (error) {
    return `thrown ${error.code}, ${error.message.split(": ")[1]}`;
  }
}

console.log("before listTools, with structured content:", await look(true));
await client.listTools();
console.log("after listTools, without:", await look(false));
console.log("after listTools, with structured content:", await look(true));
END
timeout 25 node show.mjs >seen 2>&1
printf '%s\n' "--- came when this was written:"; cat expected
printf '%s\n' "--- came now:"; cat seen
cmp -s expected seen
