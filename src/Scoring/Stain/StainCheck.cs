using System.Globalization;
using IdcFunctions.Slides.Stain;

namespace IdcFunctions.Scoring.Stain;

/// <summary>Compares a slide's colours with those that its model was trained on.</summary>
public static class StainCheck
{
    /// <summary>Mean density of a field that lets a tenth of the light through: no brightfield slide is that dark as a whole.</summary>
    private const double DarkDensity = 1;

    /// <summary>A feature beyond so many standard deviations is named.</summary>
    private const double NamedBeyond = 2;

    /// <summary>Checks a slide.</summary>
    /// <param name="profile">Its colours; null where nothing of it is stained.</param>
    /// <param name="reference">The model's training cases; null for a manifest without <c>stain</c>.</param>
    public static StainFinding Check(StainProfile? profile, StainReference? reference)
    {
        if (reference is null)
        {
            return new StainFinding(null, null, null, "The model's manifest has no stain statistics of its training cases.");
        }

        if (profile is null)
        {
            return new StainFinding(null, reference.Limit, null, "Nothing on the slide is stained.");
        }

        var distance = reference.DistanceOf(profile);
        return new StainFinding(distance, reference.Limit, distance > reference.Limit ? Warning(profile, reference, distance) : null, null);
    }

    private static string Warning(StainProfile profile, StainReference reference, double distance) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"The slide's colours are unlike the training cases' (distance {distance:0.0}, limit {reference.Limit:0.0}): "
            + $"{Cause(profile, reference)}. Its probabilities may mean little.");

    private static string Cause(StainProfile profile, StainReference reference)
    {
        var (red, green, blue, density) = reference.DeviationsOf(profile);
        return profile.Density > DarkDensity ? "dark background as in fluorescence"
            : green < -NamedBeyond && blue > NamedBeyond ? "brown (DAB) where H&E has pink"
            : red > NamedBeyond ? "bluer than the training cases: much haematoxylin, or another blue or green stain"
            : red < -NamedBeyond ? "redder than the training cases: little haematoxylin, or another red stain"
            : density > NamedBeyond ? "darker than the training cases"
            : density < -NamedBeyond ? "paler than the training cases"
            : "an unusual mixture of colours";
    }
}
