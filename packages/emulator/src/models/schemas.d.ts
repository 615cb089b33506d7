/** The schemas of a service's operations and shapes, as its AWS client carries them. */
declare module '*/dist-es/schemas/schemas_0.js'
