using Tokenline.Commerce.Catalog;

namespace Tokenline.Host.History;

/// <summary>What was on the shelves, and for how much: models that came during the year, and prices on their way to today's.</summary>
internal static class Shelves
{
    /// <param name="At">Of 1, the whole history.</param>
    /// <param name="Factor">Of today's price.</param>
    public sealed record Step(string Model, double At, decimal Factor);

    /// <summary>In the order of time. A model's first step is its launch; one that is not here was there from the first day, at today's price.</summary>
    public static readonly IReadOnlyList<Step> Steps =
    [
        .. new Step[]
        {
            new("deepseek-v4-flash", 0, 1.5m),
            new("deepseek-v4-flash", 0.34, 1.2m),
            new("deepseek-v4-flash", 0.66, 1),
            new("deepseek-v4-pro", 0.24, 1.4m),
            new("deepseek-v4-pro", 0.58, 1),
            new("qwen3-max", 0, 2),
            new("qwen3-max", 0.17, 1.4m),
            new("qwen3-max", 0.5, 1),
            new("qwen3.5-flash", 0.42, 1.3m),
            new("qwen3.5-flash", 0.83, 1),
            new("qwen3.5-plus", 0.42, 1),
            new("kimi-k2.6", 0.48, 1.2m),
            new("kimi-k2.6", 0.75, 1),
            new("glm-4.7", 0, 1.25m),
            new("glm-4.7", 0.26, 1),
            new("glm-5", 0.31, 0.8m), // an introductory price
            new("glm-5", 0.64, 1),
            new("doubao-seed-2-1-pro-260628", 0.59, 1),
            new("MiniMax-M3", 0.55, 1.1m),
            new("MiniMax-M3", 0.88, 1),
            new("ernie-5.1", 0.46, 1),
            new("gpt-5.6-luna", 0.76, 1),
            new("claude-opus-5", 0.69, 1),
            new("gemini-2.5-pro", 0, 1.2m),
            new("gemini-2.5-pro", 0.43, 1),
            new("grok-4.3", 0.67, 1.3m),
            new("grok-4.3", 0.92, 1),
        }.OrderBy(step => step.At),
    ];

    /// <summary>The demo's catalogue of models that are there at this time, each at its price then.</summary>
    public static DemoCatalogue At(DemoCatalogue today, double at)
    {
        var factors = new Dictionary<string, decimal>();
        foreach (var step in Steps.Where(step => step.At <= at))
            factors[step.Model] = step.Factor;
        var later = Steps.Select(step => step.Model).Where(model => !factors.ContainsKey(model)).ToHashSet();
        var models = today.Models;
        return today with
        {
            Models = models with
            {
                Models =
                [
                    .. models
                        .Models.Where(model => !later.Contains(model.Id))
                        .Select(model => model with { Tiers = Scaled(model.Tiers, factors.GetValueOrDefault(model.Id, 1)) }),
                ],
                Contracts =
                [
                    .. models
                        .Contracts.Where(contract => !later.Contains(contract.Model))
                        .Select(contract => contract with { Price = Scaled(contract.Price, factors.GetValueOrDefault(contract.Model, 1)) }),
                ],
            },
        };
    }

    public static PriceSheet Scaled(PriceSheet sheet, decimal factor) =>
        factor == 1 ? sheet : sheet with { Tiers = Scaled([.. sheet.Tiers], factor) };

    private static PriceSheetTier[] Scaled(PriceSheetTier[] tiers, decimal factor) =>
        factor == 1
            ? tiers
            :
            [
                .. tiers.Select(tier =>
                    tier with
                    {
                        Price = tier.Price.ToDictionary(price => price.Key, price => decimal.Round(price.Value * factor, 4)),
                    }
                ),
            ];
}
