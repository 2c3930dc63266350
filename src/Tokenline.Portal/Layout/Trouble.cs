namespace Tokenline.Portal.Layout;

/// <summary>What a page says instead of itself. The number is the HTTP status.</summary>
public enum Trouble
{
    NoPermission = 403,
    NotFound = 404,

    /// <summary>Posted by a page that is not ours.</summary>
    FromElsewhere = 400,

    /// <summary>A file beyond what the page takes.</summary>
    TooLarge = 413,
    Broken = 500,

    /// <summary>An account or the database cannot be reached at the moment.</summary>
    Busy = 503,
}
