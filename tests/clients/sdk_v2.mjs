// SPDX-License-Identifier: Apache-2.0
// The TypeScript SDK v2, which asks for the newest era first: node sdk_v2.mjs URL CHAT KEY
import {Client, StreamableHTTPClientTransport} from '@modelcontextprotocol/client';
import {options, takeSteps} from './steps.mjs';

const {url, headers} = options();
const client = new Client({name: 'sdk-v2', version: '0'}, {versionNegotiation: {mode: 'auto'}});

await takeSteps({
  connect: async () => {
    await client.connect(new StreamableHTTPClientTransport(url, {requestInit: {headers}}));
    return {
      version: client.getNegotiatedProtocolVersion(), era: client.getProtocolEra(),
      server: client.getServerVersion(), instructions: client.getInstructions(),
    };
  },
  list: () => client.listTools(),
  call: (name, args, how) => client.callTool({name, arguments: args}, how),
  close: () => client.close(),
});
