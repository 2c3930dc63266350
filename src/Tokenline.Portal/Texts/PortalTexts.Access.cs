using Tokenline.Commerce.Access;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using Tokenline.Portal.Layout;

namespace Tokenline.Portal.Texts;

/// <summary>The frame of the consoles, signing in, sessions.</summary>
internal sealed partial class PortalTexts
{
    public string MyConsole => Say("My console", "我的控制台");
    public string DemoNotice => Say("Demo: models, phone bill and text messages are simulated.", "演示环境：模型、话费与短信均为模拟。");
    public string Menu => Say("Menu", "菜单");
    public string Account => Say("Account", "账户");
    public string Console => Say("Console", "控制台");
    public string SignOut => Say("Sign out", "退出登录");
    public string LanguageTitle => Say("Language", "语言");
    public string ThemeTitle => Say("Appearance", "外观");
    public string ThemeAuto => Say("Auto", "自动");
    public string ThemeLight => Say("Light", "浅色");
    public string ThemeDark => Say("Dark", "深色");
    public string Copy => Say("Copy", "复制");
    public string PasskeyEnter => Say("Sign in with a passkey", "使用通行密钥登录");
    public string PasskeyWrong => Say("This did not work. Try again, or sign in by phone number.", "未成功，请重试或使用手机号登录。");
    public string PasskeysTitle => Say("Passkeys", "通行密钥");
    public string PasskeysText =>
        Say("Sign in with your fingerprint, face or device PIN, without a code.", "使用指纹、面容或设备密码登录，无需验证码。");
    public string PasskeyAdd => Say("Add a passkey on this device", "在此设备上添加通行密钥");
    public string TypedIsBack =>
        Say(
            "You had to sign in again. What you typed is still here; it has not been sent.",
            "您重新登录了。之前填写的内容仍在，尚未提交。"
        );
    public string Copied => Say("Copied", "已复制");

    public string Shown(Customer customer) =>
        customer.Type == CustomerType.Individual ? $"{customer.PhoneNumber[..^8]}****{customer.PhoneNumber[^4..]}" : customer.Name;

    public string TroubleTitle(Trouble trouble) =>
        trouble switch
        {
            Trouble.NoPermission => Say("This is not for you to see", "您没有权限查看此页"),
            Trouble.NotFound => Say("There is nothing here", "页面不存在"),
            Trouble.FromElsewhere => Say("This did not come from our page", "请求并非来自本站页面"),
            Trouble.TooLarge => Say("This file is too large", "文件过大"),
            Trouble.Busy => Say("One moment, please", "请稍候"),
            _ => Say("Something went wrong on our side", "系统出错了"),
        };

    public string TroubleText(Trouble trouble) =>
        trouble switch
        {
            Trouble.NoPermission => Say(
                "Your role in this account does not include it. Whoever owns the account can give you more.",
                "您在该账户中的角色不包含此权限，可请账户所有者调整。"
            ),
            Trouble.NotFound => Say(
                "The address may be mistyped, or what it names is gone or somebody else's.",
                "地址可能有误，或内容已被移除、属于他人。"
            ),
            Trouble.FromElsewhere => Say("Nothing was done. Open the page here and try again.", "未执行任何操作，请从本站页面重新操作。"),
            Trouble.TooLarge => Say(
                "Nothing was read of it. Check that it is the right one, or send it in parts.",
                "未读取任何内容。请确认文件是否正确，或拆分后重新上传。"
            ),
            Trouble.Busy => Say(
                "Your account or the database cannot be reached at the moment. Nothing is lost; try again in a few seconds.",
                "账户或数据库暂时无法访问，数据不会丢失，请几秒后重试。"
            ),
            _ => Say("It has been written down. Nothing was charged by this.", "错误已记录，不会因此产生费用。"),
        };

    public string TryAgain => Say("Try again", "重试");
    public string GoHome => Say("To the start page", "返回首页");

    public string SignIn => Say("Sign in", "登录");
    public string SignedOut => Say("You are signed out.", "您已退出登录。");
    public string SignInFirst => Say("Please sign in to go on; you come back to where you were.", "请先登录，登录后将返回原页面。");
    public string SignInLead => Say("With the phone number that pays. We send you a code.", "使用付费的手机号登录，我们会发送验证码。");
    public string PhoneNumber => Say("Phone number", "手机号");
    public string PhoneNumberHint => Say("With country code, such as +86 138 0000 0000", "含国家码，例如 +86 138 0000 0000");
    public string NotAPhoneNumber =>
        Say("A phone number has a plus sign, the country code and 8 to 15 digits.", "请输入含国家码的手机号，如 +8613800000000。");
    public string SendCode => Say("Send code", "发送验证码");
    public string NewHere =>
        Say("New here? The first sign-in opens your account. Nothing is bought by that.", "首次登录即开通账户，不会产生任何费用。");

    public string DemoNumber(string phoneNumber) =>
        Say(
            $"Demo: {phoneNumber} is the subscriber with the Light plan. Any other number works as well.",
            $"演示：{phoneNumber} 为已订购轻享版的用户，也可使用任意号码。"
        );

    public string CodeMessage =>
        Say(
            $"Tokenline: your sign-in code is {IOneTimePasswords.Placeholder}, good for 5 minutes. Give it to nobody.",
            $"【Tokenline】您的登录验证码为{IOneTimePasswords.Placeholder}，5分钟内有效，请勿告知他人。"
        );
    public string EnterCode => Say("Enter the code", "输入验证码");

    public string CodeSentTo(string phoneNumber) => Say($"We sent a code to {phoneNumber}.", $"验证码已发送至 {phoneNumber}。");

    public string DemoPhone => Say("Demo: the text message on that phone", "演示：该手机收到的短信");
    public string Code => Say("Code", "验证码");
    public string CodeIsDigits => Say("The code is the digits in the message.", "验证码为短信中的数字。");
    public string AnotherCode => Say("Another number or a new code", "更换号码或重新获取验证码");

    public string Why(SignInRefusal refusal, DateTime? retryAt)
    {
        var later = retryAt is { } at
            ? Say($" Try again at {at:HH:mm}.", $"请于 {at:HH:mm} 后重试。")
            : Say(" Try again later.", "请稍后再试。");
        return refusal switch
        {
            SignInRefusal.NotAPhoneNumber => NotAPhoneNumber,
            SignInRefusal.NotReachable => Say("This number cannot be reached by text message.", "该号码无法接收短信。"),
            SignInRefusal.TooManyCodes => Say("Too many codes were asked for.", "获取验证码过于频繁，") + later,
            SignInRefusal.Locked => Say("Too many wrong codes: signing in is locked for a while.", "验证码错误次数过多，登录已暂时锁定，")
                + later,
            SignInRefusal.WrongCode => Say("This is not the code that was sent. Look again.", "验证码不正确，请核对后重新输入。"),
            SignInRefusal.CodeIsOver => Say("This code is good no more. Ask for a new one.", "验证码已失效，请重新获取。"),
            SignInRefusal.CarrierIsSilent => Say("The carrier does not answer at the moment.", "运营商网络暂无响应，") + later,
            _ => Say("Your account could not be opened.", "账户开通失败，") + later,
        };
    }

    public string SessionsTitle => Say("Where you are signed in", "登录设备");
    public string SessionsLead =>
        Say(
            "End what you do not know. A session ends by itself after a week without use, and after 30 days.",
            "请结束不认识的登录。一周未使用或满 30 天将自动退出。"
        );
    public string UnknownDevice => Say("Unknown browser", "未知浏览器");
    public string ThisBrowser => Say("this one", "本机");

    public string SignedInAt(DateTime at) => Say($"Signed in {at:yyyy-MM-dd HH:mm}", $"登录于 {at:yyyy-MM-dd HH:mm}");

    public string LastSeenAt(DateTime at) => Say($"last seen {at:yyyy-MM-dd HH:mm}", $"最近使用 {at:yyyy-MM-dd HH:mm}");

    public string EndSession => Say("End", "结束登录");
}
