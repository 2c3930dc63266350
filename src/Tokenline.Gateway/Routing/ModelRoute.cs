using System.Collections.Immutable;
using Tokenline.Commerce.Calling;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Routing;

/// <summary>A model's deployments as candidates, and the policy that chooses among them. Immutable; made anew when the catalogue changes.</summary>
internal sealed class ModelRoute
{
    /// <summary>Deployments of a model; more are not looked at.</summary>
    public const int SeatsMax = 64;

    private readonly ImmutableArray<ModelRoute> preferred = [];

    /// <param name="preferred">By the number of a preference: the policy for callers who have one; null: the operator's.</param>
    public ModelRoute(
        Model model,
        ImmutableArray<Seat> seats,
        RoutingPolicy policy,
        SeatPrice retail,
        Func<CallPreference, RoutingPolicy?> preferred
    )
        : this(model, seats, policy, retail) =>
        this.preferred = [
            .. Enum.GetValues<CallPreference>()
                .Select(prefers => preferred(prefers) is { } other ? new ModelRoute(model, Seats, other, retail) : this),
        ];

    public ModelRoute(Model model, ImmutableArray<Seat> seats, RoutingPolicy policy, SeatPrice retail)
    {
        (Model, Policy, Retail) = (model, policy, retail);
        Seats = seats.Length > SeatsMax ? seats[..SeatsMax] : seats;
        foreach (var seat in Seats)
            seat.Siblings = Seats;
        HasCanaries = Seats.Any(seat => seat.CanaryPercent is not null);
    }

    /// <summary>The same seats, as a caller wants them ranked.</summary>
    public ModelRoute For(CallPreference prefers) => (int)prefers < preferred.Length ? preferred[(int)prefers] : this;

    public Model Model { get; }
    public RoutingPolicy Policy { get; }
    public ImmutableArray<Seat> Seats { get; }
    public bool HasCanaries { get; }

    /// <summary>What customers are charged for the model.</summary>
    public SeatPrice Retail { get; }
}
