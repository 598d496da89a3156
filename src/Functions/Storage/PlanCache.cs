using IdcFunctions.Slides;
using IdcFunctions.Slides.Runs;

namespace IdcFunctions.Functions.Storage;

/// <summary>The plans of the runs at work: one is written once and never changes, and every batch of its run needs it.</summary>
public sealed class PlanCache(RunFiles files)
{
    /// <summary>Runs at work at once in one process; a large slide's plan takes half a megabyte.</summary>
    private const int MostPlans = 8;

    private readonly LinkedList<(SlideId Slide, RunId Run, TilingPlan Plan)> plans = [];
    private readonly Lock gate = new();

    /// <summary>The stored plan; null where there is none yet.</summary>
    public async Task<TilingPlan?> FindAsync(SlideId slide, RunId run, CancellationToken cancellationToken)
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
        }

        var plan = await files.FindPlanAsync(slide, run, cancellationToken);
        if (plan is not null)
        {
            lock (gate)
            {
                plans.AddFirst((slide, run, plan));
                if (plans.Count > MostPlans)
                {
                    plans.RemoveLast();
                }
            }
        }

        return plan;
    }
}
