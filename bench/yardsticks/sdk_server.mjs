// SPDX-License-Identifier: Apache-2.0
// The official TypeScript SDK's server with one tool that does nothing, as its documentation sets one up for many
// clients: no sessions, one server and transport for each request.
import { createRequire } from 'node:module';
import { createServer } from 'node:http';

const require = createRequire(process.argv[2] + '/');
const { Server } = require('@modelcontextprotocol/sdk/server/index.js');
const { StreamableHTTPServerTransport } = require('@modelcontextprotocol/sdk/server/streamableHttp.js');
const { CallToolRequestSchema, ListToolsRequestSchema } = require('@modelcontextprotocol/sdk/types.js');

const nothing = { name: 'test_simple_text', description: 'Answers with one text.', inputSchema: { type: 'object', properties: {} } };

function makeServer() {
  const server = new Server({ name: 'yardstick', version: '1' }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: [nothing] }));
  server.setRequestHandler(CallToolRequestSchema, () => ({ content: [{ type: 'text', text: 'This is a simple text response for testing.' }] }));
  return server;
}

const http = createServer(async (request, response) => {
  const server = makeServer();
  const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined, enableJsonResponse: true });
  response.on('close', () => { transport.close(); server.close(); });
  await server.connect(transport);
  await transport.handleRequest(request, response);
});
http.listen(0, '127.0.0.1', () => console.log(http.address().port));
