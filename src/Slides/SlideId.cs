using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IdcFunctions.Slides;

/// <summary>
/// A slide's key: the blob's name with every byte outside <c>A–Z a–z 0–9 . _ -</c> written <c>~XX</c> (upper-case
/// hex of its UTF-8), so that <c>case 7/a.svs</c> is <c>case~207~2Fa.svs</c>. It is legal as a table key and as one
/// URL segment, and reversible up to <see cref="MaxLength"/> characters; a longer name keeps its first
/// <see cref="KeptLength"/> characters, then <c>~h</c> and 16 hex digits of the name's SHA-256.
/// </summary>
public sealed record SlideId
{
    /// <summary>The longest id, in characters.</summary>
    public const int MaxLength = 200;

    /// <summary>How many characters of a longer name's escaped form are kept.</summary>
    public const int KeptLength = 160;

    private SlideId(string value) => Value = value;

    /// <summary>1 to 200 characters of <c>A–Z a–z 0–9 . _ - ~</c>; never ends in a dot.</summary>
    public string Value { get; }

    /// <summary>The id of the blob named <paramref name="name"/>; any non-empty name has one, legal or not.</summary>
    public static SlideId FromName(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var utf8 = Encoding.UTF8.GetBytes(name);
        var escaped = new StringBuilder(utf8.Length * 2);
        for (var i = 0; i < utf8.Length; i++)
        {
            var trailingDot = i == utf8.Length - 1 && utf8[i] == '.';
            if (IsPlain(utf8[i]) && !trailingDot)
            {
                escaped.Append((char)utf8[i]);
            }
            else
            {
                escaped.Append('~').Append(utf8[i].ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        if (escaped.Length <= MaxLength)
        {
            return new SlideId(escaped.ToString());
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(utf8))[..16];
        return new SlideId($"{escaped.ToString(0, KeptLength)}~h{digest}");
    }

    /// <summary>Reads an id as it stands in a URL or a table key.</summary>
    /// <returns>False where <paramref name="text"/> is not an id that <see cref="FromName"/> could have made.</returns>
    public static bool TryParse(string? text, out SlideId? id)
    {
        id = null;
        if (string.IsNullOrEmpty(text) || text.Length > MaxLength)
        {
            return false;
        }

        var candidate = new SlideId(text);
        if (candidate.IsHashed)
        {
            var digest = text.AsSpan(KeptLength + 2);
            var kept = text.AsSpan(0, KeptLength);
            if (digest.Length != 16 || digest.ContainsAnyExcept("0123456789abcdef") || kept.ContainsAnyExcept(IdCharacters))
            {
                return false;
            }

            id = candidate;
            return true;
        }

        if (candidate.Name is not { } name || FromName(name) != candidate)
        {
            return false;
        }

        id = candidate;
        return true;
    }

    /// <summary>True where the name was too long to be kept whole; the slide's row holds it then.</summary>
    public bool IsHashed =>
        Value.Length == KeptLength + 18 && Value.AsSpan(KeptLength).StartsWith("~h", StringComparison.Ordinal);

    /// <summary>The blob's name; null where <see cref="IsHashed"/>, or where the text is no id.</summary>
    public string? Name
    {
        get
        {
            if (IsHashed)
            {
                return null;
            }

            var bytes = new List<byte>(Value.Length);
            for (var i = 0; i < Value.Length; i++)
            {
                if (Value[i] != '~')
                {
                    if (Value[i] > 127)
                    {
                        return null;
                    }

                    bytes.Add((byte)Value[i]);
                }
                else if (i + 2 < Value.Length
                    && byte.TryParse(Value.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var escaped))
                {
                    bytes.Add(escaped);
                    i += 2;
                }
                else
                {
                    return null;
                }
            }

            try
            {
                return Strict.GetString([.. bytes]);
            }
            catch (DecoderFallbackException)
            {
                return null;
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Value;

    private const string IdCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-~";

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private static bool IsPlain(byte value) => value < 128 && (char.IsAsciiLetterOrDigit((char)value) || value is (byte)'.' or (byte)'_' or (byte)'-');
}
