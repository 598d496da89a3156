using System.Buffers.Binary;
using System.Text;

namespace IdcFunctions.Training;

/// <summary>
/// TorchSharp's native library asks for GLIBCXX_3.4.32 (GCC 13) only because of a start-up symbol that nothing calls.
/// Debian 12 has 3.4.30: there, that one version need is marked weak in the copy beside this program, as the ELF
/// format's VER_FLG_WEAK allows, and the library loads. Where the system's libstdc++ is new enough nothing is touched.
/// </summary>
public static class LibtorchCompatibility
{
    private const string NeededVersion = "GLIBCXX_3.4.32";
    private const uint SectionVersionNeeds = 0x6ffffffe;
    private const ushort FlagWeak = 2;

    /// <summary>Prepares the library; to be called before the first use of TorchSharp.</summary>
    public static void Prepare()
    {
        if (!OperatingSystem.IsLinux() || SystemLibraryHas(NeededVersion))
        {
            return;
        }

        foreach (var library in Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories))
        {
            var content = File.ReadAllBytes(library);
            if (MarkWeak(content, NeededVersion))
            {
                // Written beside and moved, so that another process never loads half a library.
                var changed = $"{library}.{Environment.ProcessId}";
                File.WriteAllBytes(changed, content);
                File.SetUnixFileMode(changed, File.GetUnixFileMode(library));
                File.Move(changed, library, overwrite: true);
            }
        }
    }

    /// <summary>
    /// Marks the need of a symbol version as weak in a 64-bit little-endian ELF file; false, and nothing changed, where
    /// there is nothing to mark or the file is damaged.
    /// </summary>
    public static bool MarkWeak(Span<byte> elf, string version)
    {
        if (elf.Length < 64 || !elf[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            return false;
        }

        try
        {
            return MarkSections(elf, version);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or OverflowException)
        {
            // An offset leads out of the file. It is left for the loader to refuse, which says so better.
            return false;
        }
    }

    private static bool MarkSections(Span<byte> elf, string version)
    {
        var sections = (int)BinaryPrimitives.ReadUInt64LittleEndian(elf[40..]);
        var sectionBytes = BinaryPrimitives.ReadUInt16LittleEndian(elf[58..]);
        var count = BinaryPrimitives.ReadUInt16LittleEndian(elf[60..]);
        var marked = false;
        for (var i = 0; i < count; i++)
        {
            var section = elf.Slice(sections + (i * sectionBytes), sectionBytes);
            if (BinaryPrimitives.ReadUInt32LittleEndian(section[4..]) != SectionVersionNeeds)
            {
                continue;
            }

            var strings = elf.Slice(sections + ((int)BinaryPrimitives.ReadUInt32LittleEndian(section[40..]) * sectionBytes), sectionBytes);
            var names = (int)BinaryPrimitives.ReadUInt64LittleEndian(strings[24..]);
            marked |= MarkWeak(elf, (int)BinaryPrimitives.ReadUInt64LittleEndian(section[24..]), names, version);
        }

        return marked;
    }

    private static bool MarkWeak(Span<byte> elf, int need, int names, string version)
    {
        var expected = Encoding.ASCII.GetBytes(version + '\0');
        var marked = false;
        while (true)
        {
            var auxiliary = need + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 8)..]);
            for (var left = BinaryPrimitives.ReadUInt16LittleEndian(elf[(need + 2)..]); left > 0; left--)
            {
                var name = names + (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(auxiliary + 8)..]);
                var flags = BinaryPrimitives.ReadUInt16LittleEndian(elf[(auxiliary + 4)..]);
                if (elf[name..].StartsWith(expected) && (flags & FlagWeak) == 0)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(elf[(auxiliary + 4)..], (ushort)(flags | FlagWeak));
                    marked = true;
                }

                auxiliary += (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(auxiliary + 12)..]);
            }

            var next = (int)BinaryPrimitives.ReadUInt32LittleEndian(elf[(need + 12)..]);
            if (next == 0)
            {
                return marked;
            }

            need += next;
        }
    }

    private static bool SystemLibraryHas(string version)
    {
        string[] folders = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib"];
        var library = folders.Select(folder => Path.Combine(folder, "libstdc++.so.6")).FirstOrDefault(File.Exists);
        return library is not null && File.ReadAllBytes(library).AsSpan().IndexOf(Encoding.ASCII.GetBytes(version + '\0')) >= 0;
    }
}
