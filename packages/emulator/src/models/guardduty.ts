export * from '@aws-sdk/client-guardduty/dist-es/schemas/schemas_0.js'
