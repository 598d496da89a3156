// What the page and the API take:
//   dotnet run --project bench/Page -c Release -- deepzoom SLIDE [openslide]   tiles cold and warm, then 20 viewers at once; beside OpenSlide's own server
//   … -- patches [COUNT]                                                      GET …/patches of a slide with so many
//   … -- listing [COUNT]                                                      pages of a listing over so many slides
//   … -- paint                                                                first paint of the page on loopback, its size
using System.Globalization;
using IdcFunctions.Bench.Page;

switch (args)
{
    case ["deepzoom", var slide, .. var others]:
        await DeepZoom.RunAsync(slide, others is ["openslide"]);
        return 0;
    case ["patches", .. var count]:
        await Patches.RunAsync(Number(count, 20_000));
        return 0;
    case ["listing", .. var count]:
        await Listing.RunAsync(Number(count, 100_000));
        return 0;
    case ["paint"]:
        await FirstPaint.RunAsync();
        return 0;
    default:
        Console.Error.WriteLine("deepzoom SLIDE [openslide] | patches [COUNT] | listing [COUNT] | paint");
        return 2;
}

static int Number(string[] given, int otherwise) => given is [var text] ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
