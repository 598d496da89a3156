using System.Runtime.InteropServices;

namespace IdcFunctions.Tiling.Reading.OpenSlide;

/// <summary>
/// OpenSlide's C interface (openslide.org/api), where the machine has the library. It is looked for when it is needed:
/// no build of its own, nothing shipped.
/// </summary>
internal static partial class OpenSlideLibrary
{
    private const string Name = "openslide";

    /// <summary>Version 3 and version 4 on Linux; what is used of them is the same.</summary>
    private static readonly string[] Files = ["libopenslide.so.1", "libopenslide.so.0"];

    private static readonly nint Handle = Load();

    /// <summary>True where the library is there.</summary>
    public static bool IsAvailable => Handle != 0;

    /// <summary>Opens a slide; 0 where the file is none that OpenSlide knows.</summary>
    [LibraryImport(Name, EntryPoint = "openslide_open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint Open(string file);

    /// <summary>Closes a slide.</summary>
    [LibraryImport(Name, EntryPoint = "openslide_close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void Close(nint slide);

    /// <summary>The slide's first error, after which all calls on it do nothing; 0 for none.</summary>
    [LibraryImport(Name, EntryPoint = "openslide_get_error")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint GetError(nint slide);

    /// <summary>Number of levels.</summary>
    [LibraryImport(Name, EntryPoint = "openslide_get_level_count")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int GetLevelCount(nint slide);

    /// <summary>A level's size.</summary>
    [LibraryImport(Name, EntryPoint = "openslide_get_level_dimensions")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void GetLevelDimensions(nint slide, int level, out long width, out long height);

    /// <summary>A property; 0 where the slide does not have it.</summary>
    [LibraryImport(Name, EntryPoint = "openslide_get_property_value", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint GetPropertyValue(nint slide, string property);

    /// <summary>Reads pixels: 32-bit ARGB, premultiplied, in the machine's byte order; x and y in level-0 pixels.</summary>
    [LibraryImport(Name, EntryPoint = "openslide_read_region")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial void ReadRegion(nint slide, [Out] uint[] pixels, long x, long y, int level, long width, long height);

    private static nint Load()
    {
        foreach (var file in Files)
        {
            if (NativeLibrary.TryLoad(file, out var handle))
            {
                NativeLibrary.SetDllImportResolver(typeof(OpenSlideLibrary).Assembly, (name, _, _) => name == Name ? handle : 0);
                return handle;
            }
        }

        return 0;
    }
}
