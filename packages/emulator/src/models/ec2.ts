export * from '@aws-sdk/client-ec2/dist-es/schemas/schemas_0.js'
