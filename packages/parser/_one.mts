import { readFileSync } from 'node:fs'
import { parquetMetadata } from 'hyparquet'
import { openParquet } from './src/parquet-reader.ts'
const b=readFileSync('/tmp/pq-last.parquet')
const m=parquetMetadata(b)
console.log(m.num_rows, m.row_groups.length, JSON.stringify(m.row_groups.map(g=>[g.num_rows,g.columns.map(c=>[c.meta_data?.num_values,c.meta_data?.total_compressed_size,c.meta_data?.data_page_offset,c.meta_data?.path_in_schema])]),(k,v)=>typeof v==='bigint'?Number(v):v))
