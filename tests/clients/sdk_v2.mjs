// SPDX-License-Identifier: Apache-2.0
// The TypeScript SDK v2, in the era it is told to ask for: node sdk_v2.mjs URL CHAT KEY legacy|auto|VERSION
import {Client, StreamableHTTPClientTransport} from '@modelcontextprotocol/client';
import {options, takeSteps} from './steps.mjs';

const {url, headers, mode} = options();
const versionNegotiation = mode === 'legacy' ? undefined : {mode: mode === 'auto' ? mode : {pin: mode}};
const client = new Client({name: 'sdk-v2', version: '0'}, {versionNegotiation});

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
