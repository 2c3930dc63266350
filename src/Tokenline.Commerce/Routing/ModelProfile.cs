using System.Collections.Immutable;

namespace Tokenline.Commerce.Routing;

/// <summary>What is known of a model, or of one deployment of it, beside its price. What is not known is not ranked, and shown as unknown.</summary>
public sealed record ModelProfile
{
    public static readonly ModelProfile Unknown = new();

    public QualityScore? Quality { get; init; }

    public EnergyFigure? Energy { get; init; }

    /// <summary>Models of one class may stand in for each other, such as <c>flagship</c> or <c>light</c>; null: of none.</summary>
    public string? Class { get; init; }

    /// <summary>What it can do beside text; virtual models pick by it. What it is not said to do, it is not picked for.</summary>
    public ImmutableArray<ModelAbility> Abilities { get; init; } = [];

    private const int ClassLengthMax = 64;

    /// <summary>Null: nothing.</summary>
    public Refused? WhatIsWrong() =>
        Class is not null && !IsClass(Class)
            ? Refused.Invalid("class", $"A class is 1 to {ClassLengthMax} lower-case letters, digits and hyphens, such as flagship.")
        : Abilities.Distinct().Count() < Abilities.Length ? Refused.Invalid("abilities", "Each ability is named once.")
        : Quality?.WhatIsWrong() ?? Energy?.WhatIsWrong();

    private static bool IsClass(string name) =>
        name.Length is > 0 and <= ClassLengthMax && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');
}

/// <summary>How good the answers are, between 0 and 100.</summary>
/// <param name="Source">Who found that out, and how.</param>
public sealed record QualityScore(decimal Score, string Source)
{
    public const decimal Max = 100;

    internal Refused? WhatIsWrong() =>
        Score is < 0 or > Max ? Refused.Invalid("quality.score", $"A quality is between 0 and {Max}.")
        : !FigureSource.IsThere(Source)
            ? Refused.Invalid("quality.source", $"Who found that out, and how? 1 to {FigureSource.LengthMax} characters.")
        : null;
}

/// <summary>GPU energy for one output token.</summary>
/// <param name="IsMeasured">False: an estimate.</param>
/// <param name="Source">Who measured or estimated it, and how.</param>
public sealed record EnergyFigure(decimal JoulesPerOutputToken, bool IsMeasured, string Source)
{
    /// <summary>More than any machine needs for a token: a figure above it is in another unit.</summary>
    private const decimal Most = 100_000;

    internal Refused? WhatIsWrong() =>
        JoulesPerOutputToken is <= 0 or > Most
            ? Refused.Invalid("energy.joulesPerOutputToken", $"The energy of an output token is more than 0 and at most {Most} J.")
        : !FigureSource.IsThere(Source)
            ? Refused.Invalid("energy.source", $"Who measured or estimated it, and how? 1 to {FigureSource.LengthMax} characters.")
        : null;
}

/// <summary>A figure without its source says nothing.</summary>
internal static class FigureSource
{
    public const int LengthMax = 200;

    public static bool IsThere(string? source) => source is { Length: <= LengthMax } && !string.IsNullOrWhiteSpace(source);
}

/// <summary>Numbers are stored: only append.</summary>
public enum ModelAbility
{
    Tools,
    StructuredOutput,
    Reasoning,
    AudioInput,
    Documents,
}

/// <summary>Abilities by the names they are entered and shown by. That a model reads images is said by what an image may cost there.</summary>
public static class ModelAbilities
{
    private static readonly string[] names = ["tools", "structured-output", "reasoning", "audio-input", "documents"];

    public static IReadOnlyList<string> Names => names;

    public static string NameOf(ModelAbility ability) => names[(int)ability];

    public static ModelAbility? Find(string name) => Array.IndexOf(names, name) is >= 0 and var index ? (ModelAbility)index : null;
}
