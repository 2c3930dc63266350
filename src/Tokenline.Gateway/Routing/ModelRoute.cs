using System.Collections.Immutable;
using Tokenline.Commerce.Catalog;

namespace Tokenline.Gateway.Routing;

/// <summary>A model's deployments as candidates, and the policy that chooses among them. Immutable; made anew when the catalogue changes.</summary>
internal sealed class ModelRoute
{
    /// <summary>Deployments of a model; more are not looked at.</summary>
    public const int SeatsMax = 64;

    public ModelRoute(Model model, ImmutableArray<Seat> seats, RoutingPolicy policy, SeatPrice retail)
    {
        (Model, Policy, Retail) = (model, policy, retail);
        Seats = seats.Length > SeatsMax ? seats[..SeatsMax] : seats;
        foreach (var seat in Seats)
            seat.Siblings = Seats;
        HasCanaries = Seats.Any(seat => seat.CanaryPercent is not null);
    }

    public Model Model { get; }
    public RoutingPolicy Policy { get; }
    public ImmutableArray<Seat> Seats { get; }
    public bool HasCanaries { get; }

    /// <summary>What customers are charged for the model.</summary>
    public SeatPrice Retail { get; }
}
