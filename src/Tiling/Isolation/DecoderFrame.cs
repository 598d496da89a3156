namespace IdcFunctions.Tiling.Isolation;

/// <summary>Kinds of frames between a decoder process and its parent: one byte, then int32 length, then the content.</summary>
internal enum DecoderFrame : byte
{
    /// <summary>To the decoder: JSON of a <see cref="DecoderRequest"/>.</summary>
    Request = 1,

    /// <summary>To the parent: int64 offset, int32 count; it answers with <see cref="Bytes"/> or <see cref="NoBytes"/>.</summary>
    Read = 2,

    /// <summary>To the decoder: the bytes it asked for.</summary>
    Bytes = 3,

    /// <summary>To the decoder: they can't be read; the parent knows why.</summary>
    NoBytes = 4,

    /// <summary>To the parent: <see cref="PatchFrame"/>.</summary>
    Patches = 5,

    /// <summary>To the parent: the request is done; the content is its answer.</summary>
    Done = 6,

    /// <summary>To the parent: JSON of a <see cref="Slides.SlideFailure"/>.</summary>
    Refused = 7,

    /// <summary>To the parent: text of an error that is none of the slide's.</summary>
    Failed = 8,

    /// <summary>To the parent: the decoder waits for something that is none of the slide's, until its next frame.</summary>
    Waiting = 9,
}
