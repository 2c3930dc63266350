using System.Collections.Immutable;

namespace Tokenline.Charging.Tariffs;

/// <summary>What multiplies a price: the service class, the time of day, the region and the customer's group. Each counts once, all that apply together.</summary>
public sealed record Multipliers
{
    public static readonly Multipliers None = new();

    public ServiceClasses Classes { get; init; } = ServiceClasses.StandardOnly;
    public TimeOfDay? Hours { get; init; }
    public NamedFactors Regions { get; init; } = NamedFactors.None;
    public NamedFactors CustomerGroups { get; init; } = NamedFactors.None;

    public Ratio Of(DateTimeOffset startedAt, CallTraits traits) =>
        (Classes.Find(traits.Service) ?? Ratio.One)
        * (Hours?.Find(startedAt)?.Factor ?? Ratio.One)
        * (Regions.Find(traits.Region) ?? Ratio.One)
        * (CustomerGroups.Find(traits.CustomerGroup) ?? Ratio.One);

    /// <summary>The same by name, for receipts; those that change nothing are left out.</summary>
    public ImmutableArray<AppliedMultiplier> Explain(DateTimeOffset startedAt, CallTraits traits)
    {
        var applied = ImmutableArray.CreateBuilder<AppliedMultiplier>();
        Add($"service class {traits.Service.ToString().ToLowerInvariant()}", Classes.Find(traits.Service));
        var window = Hours?.Find(startedAt);
        Add(window?.Name ?? "", window?.Factor);
        Add($"region {traits.Region}", Regions.Find(traits.Region));
        Add($"customer group {traits.CustomerGroup}", CustomerGroups.Find(traits.CustomerGroup));
        return applied.ToImmutable();

        void Add(string name, Ratio? factor)
        {
            if (factor is { IsOne: false } f)
                applied.Add(new(name, f));
        }
    }
}

public sealed record AppliedMultiplier(string Name, Ratio Factor);
