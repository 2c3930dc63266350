namespace Tokenline.Gateway.Routing;

/// <summary>Whether a deployment may serve a call now.</summary>
internal enum SeatVerdict
{
    Fits,

    /// <summary>It speaks nothing that this client's protocol can be said in.</summary>
    NotSpoken,
    Draining,
    CircuitOpen,

    /// <summary>Its circuit is half open, and another call is the trial.</summary>
    OnTrial,

    /// <summary>Its vendor has said when there is room again.</summary>
    Resting,

    /// <summary>It does much worse than its siblings; used only where nothing else is left.</summary>
    Ejected,

    /// <summary>Calls wait there, and nothing is heard for much longer than usual; used only where nothing else is left.</summary>
    Overdue,

    /// <summary>The operator's own limits for it are taken, or it has its share of all calls that run.</summary>
    AtItsLimit,

    /// <summary>This call has been there.</summary>
    Tried,
}

/// <summary>Where a call has been, and what it may wait for.</summary>
internal struct RouteState
{
    /// <summary>A bit for each seat.</summary>
    public ulong Tried { get; set; }

    /// <summary>Seats that were full when it asked.</summary>
    public ulong Full { get; set; }

    /// <summary>The soonest that a full one has room again, in milliseconds from then; 0: not known.</summary>
    public long FullFor { get; set; }
}
