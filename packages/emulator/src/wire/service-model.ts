import { NormalizedSchema } from '@smithy/core/schema'
import { SERVICES, type ServiceName } from './service-catalogue.ts'
import { Shape, type ShapeTraits } from './shape.ts'

/** A service's operations and errors, as its AWS client knows them. */
export interface ServiceModel {
  readonly service: ServiceName
  /** Of its shapes, e.g. `com.amazonaws.ec2`. */
  readonly namespace: string
  readonly operations: ReadonlyMap<string, OperationModel>
  /** By the error's shape name. */
  readonly errors: ReadonlyMap<string, Shape>
}

/** An operation: what it takes and gives. */
export interface OperationModel {
  readonly service: ServiceName
  readonly name: string
  readonly input: Shape
  readonly output: Shape
  /** Of REST protocols. */
  readonly http: ShapeTraits['http']
}

const OPERATION = 9
const ERROR = -3
/** Namespace of the errors that the client makes up, such as the base class of a service's errors. */
const CLIENTS_OWN = 'smithy.ts.sdk.synthetic'

const loading = new Map<ServiceName, Promise<ServiceModel>>()

/** A service's model; it is loaded when it is first asked for. */
export function loadServiceModel(service: ServiceName): Promise<ServiceModel> {
  let model = loading.get(service)
  if (!model) {
    model = readModel(service)
    loading.set(service, model)
  }
  return model
}

async function readModel(service: ServiceName): Promise<ServiceModel> {
  const schemas = await SERVICES[service].schemas()
  const operations = new Map<string, OperationModel>()
  const errors = new Map<string, Shape>()
  let namespace = ''
  for (const schema of Object.values(schemas)) {
    if (!Array.isArray(schema)) continue
    if (schema[0] === OPERATION) {
      const operation = new LazyOperation(service, schema)
      operations.set(operation.name, operation)
      namespace = String(schema[1])
    } else if (schema[0] === ERROR && !String(schema[1]).startsWith(CLIENTS_OWN)) {
      const shape = Shape.of(NormalizedSchema.of(schema as never))
      errors.set(shape.name, shape)
    }
  }
  return { service, namespace, operations, errors }
}

/** Shapes are made of the operations that are called, not of the hundreds there are. */
class LazyOperation implements OperationModel {
  readonly service: ServiceName
  readonly name: string
  readonly http: ShapeTraits['http']
  readonly #schema: readonly unknown[]

  constructor(service: ServiceName, schema: readonly unknown[]) {
    this.service = service
    this.name = String(schema[2])
    this.http = (schema[3] as ShapeTraits).http
    this.#schema = schema
  }

  get input(): Shape {
    return Shape.of(NormalizedSchema.of(this.#schema[4] as never))
  }

  get output(): Shape {
    return Shape.of(NormalizedSchema.of(this.#schema[5] as never))
  }
}
