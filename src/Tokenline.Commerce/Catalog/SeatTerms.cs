namespace Tokenline.Commerce.Catalog;

/// <summary>Of a plan that is sold by the seat: price and grants are for one seat, and what all seats grant is one pool.</summary>
/// <param name="Min">Seats at the least.</param>
/// <param name="Max">Seats at the most.</param>
public sealed record SeatTerms(int Min, int Max)
{
    /// <summary>Of one subscription, whatever its offering says.</summary>
    public const int SeatsMax = 1000;

    /// <summary>Seats, times grants that each has for itself: each is a bucket of its account in every period.</summary>
    public const int OwnGrantsMax = 200;

    public Refused? WhatIsWrongWith(string offering, int seats) =>
        seats >= Min && seats <= Max ? null : Refused.Invalid("seats", $"{offering} is sold with {Min} to {Max} seats.");
}
