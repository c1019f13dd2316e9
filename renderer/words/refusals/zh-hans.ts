/** Why the till says no, in Chinese: what happened, what to do, and what to tell the customer. */
import type { RefusalWords } from '../shape.ts';

export const refusals = {
  unreadable: {
    what: '没能读出这个码。',
    todo: '请把码放平拿稳，再扫一次。',
    customer: '请拿稳手机，再出示一次付款码。',
  },
  malformed: {
    what: '这不是付款码。',
    todo: '请顾客打开钱包，出示付款码。',
    customer: '请打开钱包，出示付款码。',
  },
  unsupported: {
    what: '本收银机还不认识这种码。',
    todo: '请更新收银机，或请顾客用其他方式付款。',
    customer: '您的钱包比这台收银机新，请用其他方式付款。',
  },
  'wrong-kind': {
    what: '这个码是真的，但不是付款。',
    todo: '请顾客出示付款码，而不是收据或账单。',
    customer: '请出示付款码，不是收据。',
  },
  'sealed-for-another': {
    what: '这笔付款是给另一台收银机的。',
    todo: '请显示您的账单（{{invoiceKey}}），让顾客扫描。',
    customer: '这笔付款属于另一家店，请扫描本收银机上的码。',
  },
  'full-code-needed': {
    what: '本收银机还没见过这个钱包。',
    todo: '请顾客出示完整的码，再扫描。',
    customer: '请在钱包里出示完整的码。',
  },
  untrusted: {
    what: '这个码的发行方不受本收银机信任。',
    todo: '请勿交货，请顾客用其他方式付款。',
    customer: '这里不能接受这个码，请用其他方式付款。',
  },
  'certificate-forged': {
    what: '这个码背后的钱包不是真的。',
    todo: '请勿交货，请顾客用其他方式付款。',
    customer: '这个码无效，请用其他方式付款。',
  },
  'certificate-expired': {
    what: '顾客的钱包已过期{{duration}}。',
    todo: '请顾客联网更新钱包，或用其他方式付款。',
    customer: '您的钱包已过期，请联网更新一次。',
  },
  'certificate-not-yet-valid': {
    what: '顾客的钱包还没有生效。',
    todo: '请检查本机的日期和时间，再扫一次。',
    customer: '您的钱包还没有生效，请稍后再试。',
  },
  forged: {
    what: '这个码被改动过：签名不符。',
    todo: '请勿交货，请顾客用其他方式付款。',
    customer: '这个码无效，请用其他方式付款。',
  },
  expired: {
    what: '这个码太旧了：是{{duration}}前生成的。',
    todo: '请顾客出示新的码，再扫描。',
    customer: '请出示新的付款码。',
  },
  'customer-clock-ahead': {
    what: '顾客手机的时钟快了{{duration}}。',
    todo: '请顾客校准时间，再扫描新的码。',
    customer: '您手机的时钟快了，请设为自动，再出示新的码。',
  },
  'invoice-unknown': {
    what: '这笔付款对应的账单不是本收银机显示的。',
    todo: '请显示账单（{{invoiceKey}}），让顾客扫描。',
    customer: '请扫描本收银机现在显示的码。',
  },
  'invoice-used': {
    what: '这张账单已经付过了。',
    todo: '请查看付款记录（{{listKey}}）；新的一笔请显示新账单。',
    customer: '这笔已经付过，不用再付。',
  },
  'invoice-expired': {
    what: '账单在付款前已过期。',
    todo: '请显示新的账单（{{invoiceKey}}），让顾客扫描。',
    customer: '时间过了，请扫描新的码。',
  },
  'clock-turned-back': {
    what: '本收银机的时钟慢了{{duration}}。',
    todo: '请校准日期和时间，或联网同步（{{syncKey}}）。',
    customer: '这台收银机现在不能离线收款，请用其他方式付款。',
  },
  'clock-jumped-forward': {
    what: '本收银机的时钟突然快了{{duration}}。',
    todo: '请检查日期和时间。若正确，请确认时钟；否则请校准。',
    customer: '这台收银机正在检查时钟，请用其他方式付款。',
  },
  revoked: {
    what: '这个钱包已被发行方冻结。',
    todo: '请勿交货，请顾客用其他方式付款。',
    customer: '您的钱包已被冻结，请联系发行方。',
  },
  'already-used': {
    what: '这个码在这里已经收过：{{amount}}，{{time}}。',
    todo: '如果是另一笔付款，请顾客出示新的码。',
    customer: '这个码已经用过，请出示新的。',
  },
  'double-spend': {
    what: '这个钱包把同一笔钱花了两次。',
    todo: '请勿交货，请顾客用其他方式付款。',
    customer: '这个钱包不能使用，请联系发行方。',
  },
  'currency-mismatch': {
    what: '钱包的货币是 {{currency}}，本收银机收 {{ownCurrency}}。',
    todo: '请顾客用 {{ownCurrency}} 钱包，或用其他方式付款。',
    customer: '本店收 {{ownCurrency}}。',
  },
  'over-cap': {
    what: '顾客的码最多可付 {{amount}}。',
    todo: '请顾客提高码的限额，或显示账单（{{invoiceKey}}）。',
    customer: '您的码最多可付 {{amount}}，请提高限额。',
  },
  'amount-differs': {
    what: '顾客同意的是 {{amount}}，不是收银机上的金额。',
    todo: '请用正确的金额显示新账单（{{invoiceKey}}）。',
    customer: '金额变了，请扫描新的码。',
  },
  'over-allowance': {
    what: '钱包里还剩 {{amount}}。',
    todo: '请收较小的金额，或请顾客用其他方式付款。',
    customer: '您的钱包里还剩 {{amount}}。',
  },
  'over-count': {
    what: '这个钱包已用完可付的次数。',
    todo: '请顾客联网更新钱包，或用其他方式付款。',
    customer: '请联网一次，更新您的钱包。',
  },
  'limit-payment': {
    what: '离线时每笔最多 {{amount}}。',
    todo: '请联网同步（{{syncKey}}），或收较小的金额。',
    customer: '本店现在每笔最多收 {{amount}}。',
  },
  'limit-purse-amount': {
    what: '这位顾客今天在这里已达到限额 {{amount}}。',
    todo: '请联网同步（{{syncKey}}），或请顾客用其他方式付款。',
    customer: '您今天在本店已达到限额。',
  },
  'limit-purse-count': {
    what: { other: '这位顾客每天在这里可付 {{count}} 次。' },
    todo: '请联网同步（{{syncKey}}），或请顾客用其他方式付款。',
    customer: '您今天在本店已达到限额。',
  },
  'limit-exposure-amount': {
    what: '本收银机未结算的金额已达上限 {{amount}}。',
    todo: '请联网同步（{{syncKey}}），然后继续收款。',
    customer: '这台收银机要先联网，请用其他方式付款。',
  },
  'limit-exposure-count': {
    what: { other: '本收银机未结算的付款已达上限 {{count}} 笔。' },
    todo: '请联网同步（{{syncKey}}），然后继续收款。',
    customer: '这台收银机要先联网，请用其他方式付款。',
  },
  'limit-trust-age': {
    what: '本收银机对钱包的了解已是{{duration}}前的，太旧了。',
    todo: '请联网同步（{{syncKey}}），然后继续收款。',
    customer: '这台收银机要先联网，请用其他方式付款。',
  },
  'declined-online': {
    what: '发行方拒绝了这笔付款。',
    todo: '请顾客用其他方式付款。',
    customer: '您的发行方拒绝了这笔付款。',
  },
  'online-required': {
    what: '这笔付款须由清算方同意，但现在无法联系到清算方。',
    todo: '请等待网络恢复，或请顾客用其他方式付款。',
    customer: '这笔付款需要联网，但现在没有网络。',
  },
  'not-enrolled': {
    what: '本收银机还不属于任何店铺。',
    todo: '请用注册码完成设置。',
  },
  'enrolment-refused': {
    what: '注册码已用过或已过期。',
    todo: '请向管理员索取新的注册码。',
  },
  'already-enrolled': {
    what: '本收银机已经设置好了。',
    todo: '请用 PIN 登录。',
  },
  'no-trust-bundle': {
    what: '本收银机还不知道可以信任谁。',
    todo: '请联网同步（{{syncKey}}）。',
  },
  'terminal-revoked': {
    what: '本收银机已被清算所停用。',
    todo: '请联系管理员。已收的付款都保留着。',
  },
  'storage-failed': {
    what: '本收银机无法写入磁盘或打开密钥。',
    todo: '请腾出空间或检查磁盘，再重新启动。没有收款。',
  },
  'storage-damaged': {
    what: '本收银机的记录已损坏，因此不收款。',
    todo: '请联系管理员，不要删除任何东西：付款可以恢复。',
  },
  'storage-newer': {
    what: '本收银机的记录来自更新的版本。',
    todo: '请安装最新版本，再重新启动。',
  },
  'storage-in-use': {
    what: '另一个程序正在使用本收银机的记录。',
    todo: '请关闭那个程序，再重新启动收银机。',
  },
  'disk-almost-full': {
    what: '本收银机的磁盘几乎已满。',
    todo: '请腾出空间再继续收款。发送、导出和结班仍可使用。',
  },
  'backup-failed': {
    what: '备份无法写入。',
    todo: '请检查磁盘及剩余空间后重试。本机的记录完好。',
  },
  'engine-stopped': {
    what: '收银机中断了，正在重新启动。',
    todo: '请稍等，再次扫描前先查看付款记录（{{listKey}}）。',
  },
  'clock-off-from-server': {
    what: '这台电脑的时钟与清算所相差{{duration}}。',
    todo: '请校准这台电脑的日期和时间，再同步（{{syncKey}}）。',
  },
  'clearing-unreachable': {
    what: '连不上清算所。',
    todo: '请检查网络，期间可以继续收款。',
  },
  'trust-delta-base': {
    what: '有关钱包的更新与本收银机所知的不衔接。',
    todo: '请再同步一次（{{syncKey}}），收银机会重新获取全部内容。',
  },
  'clearing-answer-invalid': {
    what: '网络给出的回答不是来自清算所。',
    todo: '请检查这个网络是否要先打开登录页。',
  },
  'amount-invalid': {
    what: '这个金额不能收。',
    todo: '请重新输入金额。',
  },
  'rule-milder': {
    what: '这条规则比清算方允许的更宽松。',
    todo: '请改用更严格的值，或取消这条规则。',
  },
  'order-empty': {
    what: '这个订单里还没有东西。',
    todo: '请先添加商品。',
  },
  'order-full': {
    what: '这个订单不能再加行了。',
    todo: '请先收款，然后另开一个订单。',
  },
  'parked-full': {
    what: '这台收银机已存满挂起的订单。',
    todo: '请先取回一个并完成它。',
  },
  'order-in-hand': {
    what: '手头已有一个订单。',
    todo: '请先挂起或完成它。',
  },
  'order-part-paid': {
    what: '这个订单已付了一部分，因此不能更改。',
    todo: '请收取余款。',
  },
  'order-holds-payments': {
    what: '这个订单已用付款码支付 {{amount}}。',
    todo: '请先退款，再作废订单。',
  },
  'payment-running': {
    what: '正在收取一笔付款。',
    todo: '请等待结果。',
  },
  'item-unknown': {
    what: '这台收银机不认识这件商品。',
    todo: '请输入价格，或请人把它加入商品目录。',
  },
  'price-needed': {
    what: '这件商品没有固定价格。',
    todo: '请输入价格。',
  },
  'nothing-to-undo': {
    what: '没有可以撤销的操作。',
    todo: '请手动修改订单。',
  },
  'tender-unknown': {
    what: '这台收银机不认识这种付款方式。',
    todo: '请选择另一种。',
  },
  'tender-over-due': {
    what: '只剩 {{amount}} 未付。',
    todo: '最多收取这个金额。',
  },
  'cash-short': {
    what: '现金不够：应付 {{amount}}。',
    todo: '请重新清点现金，或先收一部分，其余用别的方式支付。',
  },
  'cash-not-payable': {
    what: '硬币凑不出这个金额，最小单位是 {{amount}}。',
    todo: '请输入硬币能凑出的金额。',
  },
  'picture-without-code': {
    what: '这张图片里没有码。',
    todo: '请拍一张更清楚的，或把码对准摄像头。',
  },
  'several-codes': {
    what: '画面里有不止一个码。',
    todo: '请只出示一个码，再扫一次。',
  },
  'shift-open': {
    what: '本机已有班次，开始于 {{time}}。',
    todo: '请先结束该班次，再开新班。',
  },
  'not-refundable': {
    what: '这笔付款没有收成，无款可退。',
    todo: '请核对是否选对了付款。',
  },
  'over-refund': {
    what: '这笔付款只剩 {{amount}} 可退。',
    todo: '请退 {{amount}} 或更少。',
  },
  'limit-refund': {
    what: '您一次最多可退 {{amount}}。',
    todo: '请减少金额，或请同事批准。',
  },
  'limit-refund-day': {
    what: '您今天还可退 {{amount}}。',
    todo: '请减少金额，或请同事批准。',
  },
  'void-too-late': {
    what: '这笔付款属于以前的班次。',
    todo: '请改用退款。',
  },
  'shift-needed': {
    what: '本机没有打开的班次。',
    todo: '请先开班。',
  },
  'count-needed': {
    what: '钱箱尚未清点。',
    todo: '请清点现金，然后结束班次。',
  },
  'reason-needed': {
    what: '清点结果与收银机相差 {{amount}}。',
    todo: '请重新清点，或说明原因。',
  },
  'orders-hold-cash': {
    what: {
      other: '有 {{count}} 个未完成的订单已收现金 {{amount}}。',
    },
    todo: '请先完成订单或退还现金，再结束班次。',
  },
  'nothing-unsent': {
    what: '没有需要导出的内容：已全部发送。',
    todo: '无需任何操作。',
  },
  'export-failed': {
    what: '无法写入文件。',
    todo: '请检查磁盘是否已插好且有空间，然后重试。数据没有丢失。',
  },
  'unsent-payments': {
    what: {
      other: '有 {{count}} 笔付款（{{amount}}）尚未发送。',
    },
    todo: '这些付款会保留并稍后发送。请连接网络，或确认继续。',
  },
  'paper-incomplete': {
    what: '这张收据印有两个码，还缺一个。',
    todo: '请把收据上的另一个码也扫一下。',
  },
  'paper-of-another-shop': {
    what: '这是另一家商店的收据。',
    todo: '只有那家商店的收银机能够补录。',
  },
  'charged-otherwise': {
    what: '本机已经收过这笔付款，金额不同：{{amount}}。',
    todo: '请保留收据并联系管理员。没有任何改动。',
  },
  'not-signed-in': {
    what: '还没有人在本收银机登录。',
    todo: '请用 PIN 登录。',
  },
  'wrong-pin': {
    what: 'PIN 不对。',
    todo: { other: '请再试一次，还可以试 {{count}} 次。' },
  },
  'locked-out': {
    what: '输错次数太多。',
    todo: '请等待{{duration}}，再试一次。',
  },
  'wrong-badge': {
    what: '此工牌无法登录本收银台。',
    todo: '请使用 PIN，或申领新的工牌。',
  },
  'pin-needed': {
    what: '本店仅凭工牌不能登录。',
    todo: '请再输入您的 PIN。',
  },
  'weak-pin': {
    what: '此 PIN 太容易被猜到。',
    todo: '请选择没有连号或重复数字的 PIN。',
  },
  'wrong-passphrase': {
    what: '这个口令打不开收银机。',
    todo: '请重新输入，注意大小写。',
  },
  'passphrase-needed': {
    what: '这台电脑没有安全存放密钥的地方。',
    todo: '请设一个至少 8 个字符的口令。',
  },
  'wrong-credentials': {
    what: '名字或密码不对。',
    todo: '请重新输入。',
  },
  'not-allowed': {
    what: '这里不允许这样做。',
    todo: '请咨询管理员。',
  },
  'last-administrator': {
    what: '这是本收银台唯一的管理员。',
    todo: '请先将另一人设为管理员。',
  },
  'in-training': {
    what: '收银机正在练习：这一步属于真实的店铺。',
    todo: '请先结束练习。',
  },
  'approval-needed': {
    what: '您无权单独执行此操作。',
    todo: '请有权限的同事批准。',
  },
  'bad-request': {
    what: '收银机看不懂输入的内容。',
    todo: '请检查后再试。',
  },
  'bad-request-signature': {
    what: '清算所没有接受本收银机的签名。',
    todo: '请检查本机的日期和时间，再同步（{{syncKey}}）。',
  },
  'not-found': {
    what: '这里没有这一项。',
    todo: '请检查输入的内容。',
  },
  'too-large': {
    what: '内容太大，不可能是码。',
    todo: '请出示付款码。',
  },
  'too-many-requests': {
    what: '清算所正忙。',
    todo: '不用做什么：收银机{{duration}}后自动再试。',
  },
  'exists-with-different-content': {
    what: '这一项以前发送过，但内容不同。',
    todo: '请联系管理员。',
  },
  'transfer-ended': {
    what: '这笔钱之前已经过账、退回或失效。',
    todo: '请联系管理员。',
  },
  'over-pending': {
    what: '这超过了预留的金额。',
    todo: '请输入较小的金额。',
  },
  'user-name-taken': {
    what: '这个名字已被使用。',
    todo: '请换一个。',
  },
  'password-too-weak': {
    what: '这个密码太容易猜到。',
    todo: '请用更长的密码。',
  },
  'barcode-taken': {
    what: '另一个商品已经用了这个条码。',
    todo: '请先从那个商品上去掉它，或换一个条码。',
  },
  'catalogue-changed': {
    what: '刚才有人改动了商品目录。',
    todo: '您的改动没有生效。请重新开始。',
  },
  'not-enough-money': {
    what: '余额不足：可用 {{amount}}。',
    todo: '请选较小的金额。',
  },
  'purse-limit': {
    what: '这个钱包不能再放更多。',
    todo: '请选较小的金额。',
  },
  'journal-gap': {
    what: '清算所缺少较早的一段记录。',
    todo: '不用做什么：收银机会再发送一次。',
  },
  'journal-forked': {
    what: '清算所有本收银机的另一份记录。',
    todo: '请联系管理员。什么都没有丢：收银机保留着全部付款。',
  },
  unavailable: {
    what: '清算所还没有准备好。',
    todo: '不用做什么：收银机会自动再试。',
  },
} as const satisfies RefusalWords<'zh-Hans'>;
