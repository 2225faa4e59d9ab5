/** How an exported model's file is laid out: its weights are slices of our flat ones, under the names of its layers. */
import { lstmName, tensors, type Network } from './network.ts';

export interface FileTensor {
  /** "lstm/recurrent_kernel" */
  readonly name: string;
  readonly shape: readonly number[];
  /** Where it begins in the flat weights. */
  readonly offset: number;
  readonly size: number;
}

/** Name of the file that `model.json` names. */
export const weightsFile = 'weights.bin';

/** Version of the metadata that an import needs. */
export const exportVersion = 1;

/** The layer that sums what a gate has weighed: as many ones as there are candidates, which are no weights of ours. */
export const gateSum = 'sum/kernel';

/** The weights of an exported model; TensorFlow.js keeps what an LSTM reads and its hidden state apart. */
export function fileTensors(network: Network): readonly FileTensor[] {
  return tensors(network).flatMap(({ name, shape, offset, size }): FileTensor[] => {
    const fileName = name.replace('.', '/');
    const layer = [0, 1].find((one) => name === lstmName(one, 'kernel'));
    if (layer === undefined || shape.length === 1) return [{ name: fileName, shape, offset, size }];
    const [rows, columns] = shape;
    const read = rows - network.hidden;
    return [
      { name: fileName, shape: [read, columns], offset, size: read * columns },
      { name: fileName.replace('kernel', 'recurrent_kernel'), shape: [network.hidden, columns], offset: offset + read * columns, size: network.hidden * columns },
    ];
  });
}
