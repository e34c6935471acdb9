import { types } from 'pg';

type GetTypeParser = typeof types.getTypeParser;

const int8: number = types.builtins.INT8;

/** As pg reads values, but bigint columns as BigInt, since money does not fit a double. */
export const parseTypes = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === int8 && format !== 'binary'
      ? BigInt
      : types.getTypeParser(oid, format)) as GetTypeParser,
};
