import { F as FlowLogFile } from './flow-log-file-CcegUwkw.js';

/** A page of a listing, as `ListObjectsV2` answers it. */
interface S3ListPage {
    readonly Contents?: readonly {
        readonly Key?: string | undefined;
        readonly Size?: number | undefined;
    }[] | undefined;
    readonly NextContinuationToken?: string | undefined;
}
/** An object, as `GetObject` answers it: the body is a Node or web stream, or any iterable of bytes. */
interface S3Object {
    readonly Body?: unknown;
}
/** What is used of class `S3` of @aws-sdk/client-s3; anything with these two methods will do. */
interface S3Methods {
    listObjectsV2(input: {
        Bucket: string;
        Prefix: string;
        ContinuationToken?: string;
    }): Promise<S3ListPage>;
    getObject(input: {
        Bucket: string;
        Key: string;
        Range?: string;
    }): Promise<S3Object>;
}
/** What is used of class `S3Client` of @aws-sdk/client-s3. That package must then be installed. */
interface S3CommandClient {
    send(command: never): Promise<unknown>;
}
/** Which objects of which client. */
interface S3SourceOptions {
    readonly client: S3Methods | S3CommandClient;
    /** `s3://bucket/prefix`, one or several: all objects whose key begins so, as S3 lists them. */
    readonly url: string | readonly string[];
}
/**
 * Flow logs in Amazon S3, as a source for `parseFlowLogs`:
 * `parseFlowLogs(s3Source({ client: new S3({}), url: 's3://bucket/AWSLogs/123456789012/vpcflowlogs/' }))`.
 *
 * Objects are read in the order of their keys, whatever their names; empty ones and those whose name begins with `.` or
 * `_` are left out, as Hive and Athena do. An object that cannot be read gives an issue. A listing that fails throws.
 *
 * @throws TypeError for a URL that is not `s3://bucket/prefix`.
 */
declare function s3Source({ client, url }: S3SourceOptions): {
    readonly files: AsyncIterable<FlowLogFile>;
};

export { type S3CommandClient, type S3ListPage, type S3Methods, type S3Object, type S3SourceOptions, s3Source };
