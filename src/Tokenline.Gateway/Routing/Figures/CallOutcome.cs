namespace Tokenline.Gateway.Routing.Figures;

/// <summary>How an attempt at a deployment ended, as its figures count it.</summary>
internal enum CallOutcome
{
    Served,

    /// <summary>Nobody answered, or the connection broke before an answer began.</summary>
    ConnectFailed,

    /// <summary>It was given up because it took too long.</summary>
    TimedOut,

    /// <summary>The vendor said 5xx, or an error in a 200.</summary>
    VendorError,

    /// <summary>429.</summary>
    Limited,

    /// <summary>The vendor refused this gateway: keys, rights, no such model.</summary>
    Refused,

    /// <summary>An answer broke off, or was none in the protocol.</summary>
    Broken,

    /// <summary>The request itself was at fault, the client left, or this server ended: it says nothing about the deployment.</summary>
    NotItsFault,
}
