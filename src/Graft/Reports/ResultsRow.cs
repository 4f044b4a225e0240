namespace Graft.Reports;

/// <summary>One epoch of a training run, as a line of <c>results.csv</c>; NaN where a number was not measured.</summary>
public sealed record ResultsRow
{
    /// <summary>Epoch, from 1.</summary>
    public required int Epoch { get; init; }

    /// <summary>Seconds since training began.</summary>
    public double Time { get; init; } = double.NaN;

    /// <summary>Mean training loss of the boxes.</summary>
    public double TrainBoxLoss { get; init; } = double.NaN;

    /// <summary>Mean training loss of the classes.</summary>
    public double TrainClassLoss { get; init; } = double.NaN;

    /// <summary>Mean training loss of the edge distributions.</summary>
    public double TrainDistributionLoss { get; init; } = double.NaN;

    /// <summary>Precision at the score of the best F1.</summary>
    public double Precision { get; init; } = double.NaN;

    /// <summary>Recall at the score of the best F1.</summary>
    public double Recall { get; init; } = double.NaN;

    /// <summary>Mean average precision at IoU 0.50.</summary>
    public double Map50 { get; init; } = double.NaN;

    /// <summary>Mean average precision at IoU 0.50:0.95.</summary>
    public double Map { get; init; } = double.NaN;

    /// <summary>Validation loss of the boxes.</summary>
    public double ValBoxLoss { get; init; } = double.NaN;

    /// <summary>Validation loss of the classes.</summary>
    public double ValClassLoss { get; init; } = double.NaN;

    /// <summary>Validation loss of the edge distributions.</summary>
    public double ValDistributionLoss { get; init; } = double.NaN;

    /// <summary>Learning rates of up to three parameter groups at the end of the epoch.</summary>
    public IReadOnlyList<double> LearningRates { get; init; } = [];

    /// <summary>The row of the best epoch, the last of equal ones; null when no epoch has a defined mAP.</summary>
    public static ResultsRow? Best(IEnumerable<ResultsRow> rows) => rows.Where(row => row.Map >= 0).Reverse().MaxBy(row => row.Map);
}
