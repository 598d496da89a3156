// Checks an OpenAPI description against the specification, and its examples against its schemas: node validate.mjs FILE
import { createConfig, lint } from '@redocly/openapi-core';

const config = await createConfig({
  extends: ['spec'],
  rules: {
    'no-invalid-media-type-examples': { severity: 'error', allowAdditionalProperties: false },
    'no-invalid-parameter-examples': 'error',
    'no-invalid-schema-examples': 'error',
    'operation-operationId-unique': 'error',
    'operation-2xx-response': 'error',
    'operation-parameters-unique': 'error',
    'path-declaration-must-exist': 'error',
    'path-parameters-defined': 'error',
    'no-unresolved-refs': 'error',
    'no-ambiguous-paths': 'off',
    'no-unused-components': 'error',
  },
});
const problems = await lint({ ref: process.argv[2], config });
for (const { severity, ruleId, message, location } of problems) console.log(`${severity} ${ruleId} ${location[0]?.pointer}: ${message}`);
process.exitCode = problems.some((problem) => problem.severity === 'error') ? 1 : 0;
