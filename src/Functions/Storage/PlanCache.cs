using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Storage;

/// <summary>
/// The plans of the runs at work: one is written once and never changes, and every batch of its run needs it. Batches that
/// come at once wait for one read.
/// </summary>
public sealed class PlanCache(RunFiles files)
{
    /// <summary>Runs at work at once in one process; a large slide's plan takes half a megabyte.</summary>
    private const int MostPlans = 8;

    private readonly LinkedList<(SlideId Slide, RunId Run, Task<TilingPlan?> Plan)> plans = [];
    private readonly Lock gate = new();

    /// <summary>The stored plan; null where there is none yet.</summary>
    public async Task<TilingPlan?> FindAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
    {
        var reading = FindOrRead(slide, run);
        TilingPlan? plan = null;
        try
        {
            plan = await reading.WaitAsync(cancellationToken);
        }
        finally
        {
            // Neither an error nor a plan's absence lasts; a caller that only stopped waiting leaves the others theirs.
            if (plan is null && reading.IsCompleted)
            {
                Forget(reading);
            }
        }

        return plan;
    }

    private Task<TilingPlan?> FindOrRead(SlideId slide, RunId run)
    {
        lock (gate)
        {
            for (var node = plans.First; node is not null; node = node.Next)
            {
                if (node.Value.Run == run && node.Value.Slide == slide)
                {
                    plans.Remove(node);
                    plans.AddFirst(node);
                    return node.Value.Plan;
                }
            }

            // No caller's token: one that is cancelled must not take the plan from the others.
            var reading = files.FindPlanAsync(slide, run, CancellationToken.None);
            plans.AddFirst((slide, run, reading));
            if (plans.Count > MostPlans)
            {
                plans.RemoveLast();
            }

            return reading;
        }
    }

    private void Forget(Task<TilingPlan?> reading)
    {
        lock (gate)
        {
            for (var node = plans.First; node is not null; node = node.Next)
            {
                if (node.Value.Plan == reading)
                {
                    plans.Remove(node);
                    return;
                }
            }
        }
    }
}
