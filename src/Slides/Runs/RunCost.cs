namespace IdcFunctions.Slides.Runs;

/// <summary>What a run asked of storage and of a scorer.</summary>
/// <param name="StorageOperations">Storage operations of a run whose messages come once each, from its counts (<see cref="OperationsOf"/>).</param>
/// <param name="ScoringSeconds">Seconds in scoring calls, all batches added up: a scorer's busy time where it scores one batch at once.</param>
/// <param name="Estimate">Those operations and seconds at the prices of the options; null where no price is given.</param>
/// <param name="Currency">The estimate's currency.</param>
public sealed record RunCost(int StorageOperations, double ScoringSeconds, double? Estimate, string? Currency)
{
    /// <summary>Rows in one transaction of Table storage, the most that it takes.</summary>
    public const int RowsPerTransaction = 100;

    /// <summary>
    /// Of a batch delivered once: pack and message written; message received and deleted; slide, attempt; pack read, scores
    /// written, its row, the look whether the run is finished; scores read when the run is completed. The rows of its patches
    /// come on top. docs/results.md names every operation of this and of the next ones.
    /// </summary>
    private const int OfBatch = 2 + 2 + 2 + 4 + 1;

    /// <summary>Of a run beside its batches: event, decision, tiling, the plan for scoring, the message of the end, completing.</summary>
    private const int OfRun = 3 + 9 + 9 + 1 + 3 + 15;

    /// <summary>Of those of a batch, writing the pack.</summary>
    private const int OfPacking = 1;

    /// <summary>
    /// Of a rescore beside its batches: request and decision with the plan and mask of the other run, its message, tiling
    /// that finds all there, the plan for scoring, the message of the end, completing.
    /// </summary>
    private const int OfRescore = 14 + 3 + 12 + 1 + 3 + 15;

    /// <summary>Storage operations of a run that nothing disturbs.</summary>
    /// <param name="patches">Its patches.</param>
    /// <param name="batchSize">Patches in a batch.</param>
    /// <param name="gets">Requests that read the slide.</param>
    public static int OperationsOf(int patches, int batchSize, int gets)
    {
        return OfRun + gets + OfBatches(patches, batchSize, OfBatch);
    }

    /// <summary>Storage operations of a run that reads the patches that another one has packed, where nothing disturbs it.</summary>
    /// <param name="patches">Its patches.</param>
    /// <param name="batchSize">Patches in a batch.</param>
    public static int OperationsOfRescore(int patches, int batchSize) => OfRescore + OfBatches(patches, batchSize, OfBatch - OfPacking);

    private static int OfBatches(int patches, int batchSize, int ofBatch)
    {
        var (whole, rest) = (patches / batchSize, patches % batchSize);
        return (whole * (ofBatch + Transactions(batchSize))) + (rest == 0 ? 0 : ofBatch + Transactions(rest));

        static int Transactions(int rows) => (rows + RowsPerTransaction - 1) / RowsPerTransaction;
    }
}
