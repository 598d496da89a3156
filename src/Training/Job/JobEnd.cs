namespace IdcFunctions.Training.Job;

/// <summary>How a start of the job ended.</summary>
public enum JobEnd
{
    /// <summary>No message waited.</summary>
    NothingToDo,

    /// <summary>Another trainer is at work on it, or the message is for a newer program; the message stays.</summary>
    LeftToOthers,

    /// <summary>The run is in a final state and the message is gone.</summary>
    Done,

    /// <summary>The run did not get to its end; the message comes again.</summary>
    Interrupted,
}
