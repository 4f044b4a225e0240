using Graft.Detectors;
using Graft.Torch.Distributed;

namespace Graft.Evaluation;

/// <summary>What a detector gives for one batch of an evaluation.</summary>
/// <param name="Number">Place of the batch in the evaluation.</param>
/// <param name="Ids">Ids of its images.</param>
/// <param name="Detections">Detections of each image.</param>
/// <param name="Losses">Sum over the images of each part of the loss; empty unless requested.</param>
internal sealed record DetectedBatch(int Number, long[] Ids, Detection[][] Detections, IReadOnlyList<(string Name, double Value)> Losses)
{
    /// <summary>The batches of all processes in the order of the evaluation, bit for bit.</summary>
    /// <param name="own">The batches of this process.</param>
    /// <param name="group">The processes.</param>
    internal static IEnumerable<DetectedBatch> Gather(IEnumerable<DetectedBatch> own, ProcessGroup group)
    {
        using MemoryStream bytes = new();
        using (BinaryWriter writer = new(bytes))
        {
            foreach (DetectedBatch batch in own)
            {
                batch.Write(writer);
            }
        }

        return group.Gather(bytes.ToArray()).SelectMany(Read).OrderBy(batch => batch.Number);
    }

    private static IEnumerable<DetectedBatch> Read(byte[] bytes)
    {
        using BinaryReader reader = new(new MemoryStream(bytes));
        while (reader.BaseStream.Position < bytes.Length)
        {
            int number = reader.ReadInt32();
            long[] ids = new long[reader.ReadInt32()];
            Detection[][] found = new Detection[ids.Length][];
            for (int i = 0; i < ids.Length; i++)
            {
                ids[i] = reader.ReadInt64();
                found[i] = new Detection[reader.ReadInt32()];
                for (int j = 0; j < found[i].Length; j++)
                {
                    found[i][j] = new Detection(reader.ReadInt32(), reader.ReadDouble(), new Box(reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble(), reader.ReadDouble()))
                    {
                        ClassName = reader.ReadBoolean() ? reader.ReadString() : null,
                    };
                }
            }

            (string, double)[] losses = new (string, double)[reader.ReadInt32()];
            for (int i = 0; i < losses.Length; i++)
            {
                losses[i] = (reader.ReadString(), reader.ReadDouble());
            }

            yield return new DetectedBatch(number, ids, found, losses);
        }
    }

    private void Write(BinaryWriter writer)
    {
        writer.Write(Number);
        writer.Write(Ids.Length);
        for (int i = 0; i < Ids.Length; i++)
        {
            writer.Write(Ids[i]);
            writer.Write(Detections[i].Length);
            foreach (Detection one in Detections[i])
            {
                writer.Write(one.Label);
                writer.Write(one.Score);
                writer.Write(one.Box.X1);
                writer.Write(one.Box.Y1);
                writer.Write(one.Box.X2);
                writer.Write(one.Box.Y2);
                writer.Write(one.ClassName is not null);
                if (one.ClassName is not null)
                {
                    writer.Write(one.ClassName);
                }
            }
        }

        writer.Write(Losses.Count);
        foreach ((string name, double value) in Losses)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }
}
