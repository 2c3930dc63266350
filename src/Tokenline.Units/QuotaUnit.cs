using System.Text.Json.Serialization;

namespace Tokenline.Units;

/// <summary>What a bucket of quota counts: general tokens, tokens of dearer models, points, ... The word is published to customers.</summary>
[JsonConverter(typeof(QuotaUnitJsonConverter))]
public readonly record struct QuotaUnit
{
    /// <summary>Micro-units in one unit of quota.</summary>
    public const long Micro = 1_000_000;

    private readonly string? name;

    public QuotaUnit(string name)
    {
        if (name is not { Length: > 0 and <= 32 } || !name.All(c => char.IsAsciiLetterLower(c) || c == '-'))
            throw new FormatException($"'{name}' is not a quota unit: 1 to 32 lower-case letters and hyphens are expected");
        this.name = name;
    }

    public string Name => name ?? "";

    public override string ToString() => Name;
}
