using System.Collections.Frozen;
using Tokenline.Commerce.Calling;

namespace Tokenline.Gateway.Routing.Choice;

/// <summary>What a virtual model looks for.</summary>
internal enum ChoiceGoal
{
    Balance,
    Cost,
    Quality,
    Energy,
}

/// <summary>
/// A Model ID that stands for whichever model suits the call best at its moment: <c>auto</c>, or with a goal, as in <c>auto:cost</c>.
/// The answer names the model, and the bill is that model's.
/// </summary>
internal sealed record VirtualModel(string Id, string Name, ChoiceGoal Goal)
{
    public static readonly IReadOnlyList<VirtualModel> All =
    [
        new("auto", "Auto", ChoiceGoal.Balance),
        new("auto:balance", "Auto, balanced", ChoiceGoal.Balance),
        new("auto:cost", "Auto, least cost", ChoiceGoal.Cost),
        new("auto:quality", "Auto, best quality", ChoiceGoal.Quality),
        new("auto:energy", "Auto, least energy", ChoiceGoal.Energy),
    ];

    private static readonly FrozenDictionary<string, VirtualModel> byId = All.ToFrozenDictionary(model => model.Id);

    /// <summary>So many points of quality are worth twice the price.</summary>
    private const double PointsPerDoubling = 10;

    public static VirtualModel? Find(string id) => byId.GetValueOrDefault(id);

    /// <summary>Plain <c>auto</c> looks for what the caller prefers; a goal that was named is what was asked for.</summary>
    public VirtualModel For(CallPreference prefers) =>
        (Id, prefers) switch
        {
            ("auto", CallPreference.Cheapest) => byId["auto:cost"],
            ("auto", CallPreference.Best) => byId["auto:quality"],
            ("auto", CallPreference.Greenest) => byId["auto:energy"],
            _ => this,
        };

    /// <summary>The lowest is best; NaN: a figure that it needs is not known, and the model is chosen only if none is known of any.</summary>
    /// <param name="cost">Of this call, as the customer is charged.</param>
    /// <param name="quality">0 to 100; NaN: not known.</param>
    /// <param name="joules">For an output token; NaN: not known.</param>
    public double Score(double cost, double quality, double joules) =>
        Goal switch
        {
            ChoiceGoal.Cost => cost,
            ChoiceGoal.Quality => -quality,
            ChoiceGoal.Energy => joules,
            _ => (Math.Log2(Math.Max(cost, 1e-12)) * PointsPerDoubling) - quality,
        };
}
