export * from '@aws-sdk/client-elastic-load-balancing-v2/dist-es/schemas/schemas_0.js'
