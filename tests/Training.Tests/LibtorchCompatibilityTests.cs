using System.Buffers.Binary;
using System.Text;

namespace IdcFunctions.Training.Tests;

public sealed class LibtorchCompatibilityTests
{
    private const string Needed = "GLIBCXX_3.4.32";

    [Fact]
    public void The_needed_version_becomes_weak_and_nothing_else_changes()
    {
        var needed = Unmark(Library());
        var marked = (byte[])needed.Clone();
        Assert.True(LibtorchCompatibility.MarkWeak(marked, Needed));

        var changed = Enumerable.Range(0, marked.Length).Where(i => marked[i] != needed[i]).ToList();
        var at = Assert.Single(changed);
        Assert.Equal(needed[at] | 2, marked[at]);
    }

    [Fact]
    public void A_library_that_is_marked_is_left_alone()
    {
        var library = Library();
        LibtorchCompatibility.MarkWeak(library, Needed);
        var before = (byte[])library.Clone();

        Assert.False(LibtorchCompatibility.MarkWeak(library, Needed));
        Assert.Equal(before, library);
    }

    [Fact]
    public void A_version_that_is_not_needed_is_not_marked() => Assert.False(LibtorchCompatibility.MarkWeak(Library(), "GLIBCXX_9.9.9"));

    [Fact]
    public void What_is_no_elf_file_is_left_alone()
    {
        Assert.False(LibtorchCompatibility.MarkWeak([], Needed));
        Assert.False(LibtorchCompatibility.MarkWeak(new byte[10], Needed));
        Assert.False(LibtorchCompatibility.MarkWeak(Encoding.ASCII.GetBytes(new string('x', 1000)), Needed));
    }

    /// <summary>A library cut off in a copy has its section table beyond its end.</summary>
    [Theory]
    [InlineData(64)]
    [InlineData(4096)]
    [InlineData(-100)]
    public void A_library_that_is_cut_off_is_left_alone(int length)
    {
        var library = Library();
        var cut = library[..(length > 0 ? length : library.Length + length)];
        var before = (byte[])cut.Clone();

        Assert.False(LibtorchCompatibility.MarkWeak(cut, Needed));
        Assert.Equal(before, cut);
    }

    [Fact]
    public void An_elf_header_before_garbage_is_left_alone()
    {
        var garbage = new byte[4096];
        for (var seed = 0; seed < 200; seed++)
        {
            new Random(seed).NextBytes(garbage);
            ((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]).CopyTo(garbage);
            if (seed % 2 == 0)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(garbage.AsSpan(40), 64);
                BinaryPrimitives.WriteUInt16LittleEndian(garbage.AsSpan(58), 64);
                BinaryPrimitives.WriteUInt32LittleEndian(garbage.AsSpan(68), 0x6ffffffe);
            }

            Assert.False(LibtorchCompatibility.MarkWeak(garbage, Needed));
        }
    }

    private static byte[] Library()
    {
        var file = Directory.EnumerateFiles(AppContext.BaseDirectory, "libLibTorchSharp.so", SearchOption.AllDirectories).FirstOrDefault();
        Assert.SkipWhen(file is null, "This build holds no libLibTorchSharp.so.");
        return File.ReadAllBytes(file);
    }

    /// <summary>The library as it is delivered: the weak flag taken off again where this machine's preparation has set it. A version need is its name's hash, then its flags.</summary>
    private static byte[] Unmark(byte[] library)
    {
        uint hash = 0;
        foreach (var character in Needed)
        {
            hash = unchecked((hash << 4) + character);
            hash = (hash ^ ((hash & 0xf0000000) >> 24)) & 0x0fffffff;
        }

        var need = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(need, hash);
        var at = library.AsSpan().IndexOf(need);
        Assert.True(at >= 0, $"The library needs {Needed}.");
        library[at + 4] &= 0xfd;
        return library;
    }
}
