using Graft.Detectors;
using Graft.Torch.Distributed;
using Graft.Training;

namespace Graft.Runs;

/// <summary>Settings that a run cannot have, on this machine or with these processes.</summary>
internal static class TrainingLimits
{
    /// <summary>Checks side and batch.</summary>
    /// <param name="train">The settings.</param>
    /// <param name="group">Processes that share each batch; null: there is one.</param>
    /// <exception cref="GraftException">Of kind Usage: a side that is no multiple of 32, or fewer images than processes.</exception>
    internal static void Require(TrainOptions train, ProcessGroup? group)
    {
        RequireImageSize(train.Imgsz);
        RequireEnoughImages(train, group);
    }

    /// <summary>What mixed precision gains here, which is measured.</summary>
    /// <exception cref="GraftException">Of kind Refused: nothing.</exception>
    internal static string Precision()
    {
        Bfloat16Speed.Here.Require();
        return $"mixed precision: {Bfloat16Speed.Here.Found}";
    }

    private static void RequireEnoughImages(TrainOptions train, ProcessGroup? group)
    {
        if (group is not null && train.Batch < group.Size)
        {
            throw new GraftException(
                Failure.Usage, $"train.batch is {train.Batch}; with {group.Size} ranks each needs an image of every step.", $"Give at least train.batch={group.Size}, or fewer ranks.");
        }
    }

    private static void RequireImageSize(int side)
    {
        int below = side / ImageSize.Multiple * ImageSize.Multiple;
        if (!ImageSize.Fits(side))
        {
            throw new GraftException(
                Failure.Usage, $"train.imgsz is {side}; it must be a multiple of {ImageSize.Multiple}.", $"Use {below} or {below + ImageSize.Multiple}.");
        }
    }
}
