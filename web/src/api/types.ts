// Short names for what openapi-typescript makes of docs/openapi.json.
import type { components, paths } from "./schema.d.ts";

export type Method = "get" | "post" | "put" | "delete";

/** A schema by its name: `Schema<"CurveOut">`. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

/** Paths that take a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P][M] extends { responses: unknown } ? P : never;
}[keyof paths];

type Operation<P extends keyof paths, M extends Method> = NonNullable<paths[P][M]>;
type Content<R> = R extends { content: { "application/json": infer C } } ? C : undefined;

/** What a success is answered with. */
export type Answer<P extends keyof paths, M extends Method> =
  Operation<P, M> extends { responses: infer R } ? Content<R[keyof R & (200 | 201 | 202 | 204)]> : never;

type Parameter<O, K extends string> = O extends { parameters: { [N in K]: infer Q } }
  ? [Q] extends [undefined] ? unknown : { [N in K]: Q }
  : O extends { parameters: { [N in K]?: infer Q } }
    ? [NonNullable<Q>] extends [never] ? unknown : { [N in K]?: NonNullable<Q> }
    : unknown;
type Body<O> = O extends { requestBody: { content: { "application/json": infer B } } } ? { body: B } : unknown;

/** What a question or a write names: `path`, `query`, `body`, as far as it takes them. */
export type Input<P extends keyof paths, M extends Method> = Parameter<Operation<P, M>, "path"> &
  Parameter<Operation<P, M>, "query"> &
  Body<Operation<P, M>>;

/** The input may be left out where nothing in it is required. */
export type Inputs<P extends keyof paths, M extends Method> = {} extends Input<P, M>
  ? [input?: Input<P, M>]
  : [input: Input<P, M>];
