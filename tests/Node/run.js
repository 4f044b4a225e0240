// Runs an ONNX model: node run.js MODEL INPUT.bin N,C,H,W OUTPUT.bin; files hold little-endian float32.
const fs = require('fs');
const ort = require(process.env.GRAFT_NODE_MODULES + '/onnxruntime-node');

async function main([model, input, shape, output]) {
  const bytes = fs.readFileSync(input);
  const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
  const session = await ort.InferenceSession.create(model, { logSeverityLevel: 4 });
  const results = await session.run({ images: new ort.Tensor('float32', values, shape.split(',').map(Number)) });
  const result = results.output0;
  fs.writeFileSync(output, Buffer.from(result.data.buffer, result.data.byteOffset, result.data.byteLength));
  console.log(result.dims.join(','));
}

main(process.argv.slice(2)).catch(error => { console.error(error.message); process.exit(1); });
