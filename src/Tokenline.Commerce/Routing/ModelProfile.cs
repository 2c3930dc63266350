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
}

/// <summary>How good the answers are, between 0 and 100.</summary>
/// <param name="Source">Who found that out, and how.</param>
public sealed record QualityScore(decimal Score, string Source);

/// <summary>GPU energy for one output token.</summary>
/// <param name="IsMeasured">False: an estimate.</param>
/// <param name="Source">Who measured or estimated it, and how.</param>
public sealed record EnergyFigure(decimal JoulesPerOutputToken, bool IsMeasured, string Source);

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
