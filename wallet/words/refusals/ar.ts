/** Arabic: what happened, and what to do. */
import type { AllRefusalWords, PurseRefusalWords, ReasonWords } from './shape.ts';

export const refusals: AllRefusalWords = {
  unreadable: { what: 'تعذّرت قراءة هذا الرمز.', todo: 'امسحه مجددًا أو انسخه من جديد.' },
  malformed: { what: 'هذا ليس رمز متجر Fieldtill.', todo: 'اطلب من المتجر عرض رمزه مجددًا.' },
  unsupported: { what: 'هذا الرمز أحدث من محفظتك.', todo: 'حدّث المحفظة ثم امسح مجددًا.' },
  'wrong-kind': { what: 'هذا رمز زبون لا رمز متجر.', todo: 'امسح الرمز على صندوق المتجر.' },
  'full-code-needed': { what: 'لا يذكر الرمز مَن هو المتجر.', todo: 'اطلب من المتجر رمزه الكامل.' },
  untrusted: {
    what: 'لا تعرف غرفة المقاصة مَن أصدر رمز هذا المتجر.',
    todo: 'لا تدفع. اسأل المتجر، أو اتصل بالشبكة وحاول مجددًا.',
  },
  'certificate-forged': { what: 'اسم هذا المتجر مزوّر.', todo: 'لا تدفع. أبلغ المتجر.' },
  'certificate-expired': {
    what: 'شهادة صندوق هذا المتجر منتهية.',
    todo: 'اطلب من المتجر أن يصل صندوقه بالشبكة.',
  },
  'certificate-not-yet-valid': { what: 'صندوق هذا المتجر غير صالح بعد.', todo: 'تحقق من تاريخ هذا الجهاز.' },
  forged: { what: 'لم يوقّع المتجر هذا.', todo: 'لا تدفع. ابحث عن ملصق فوق رمز المتجر.' },
  expired: { what: 'انتهى هذا الرمز.', todo: 'اعرض رمزًا جديدًا.' },
  'invoice-expired': { what: 'انتهى طلب المتجر.', todo: 'اطلب واحدًا جديدًا، وتحقق من ساعة هذا الجهاز.' },
  revoked: { what: 'هذا محظور.', todo: 'اسأل مزوّد الخدمة.' },
  'terminal-revoked': { what: 'هذا الصندوق محظور.', todo: 'لا تدفع هنا. أبلغ المتجر.' },
  'currency-mismatch': { what: 'ليس لديك كيس بهذه العملة.', todo: 'احصل على واحد من «حسابي» وأنت متصل.' },
  'over-cap': { what: 'هذا أكثر مما تسمح به دفعة واحدة من هذا الكيس.', todo: 'اختر مبلغًا أصغر.' },
  'amount-differs': { what: 'المبلغان غير متطابقين.', todo: 'اطلب من المتجر التحقق من المبلغ.' },
  'over-allowance': { what: 'هذا أكثر مما بقي في كيسك.', todo: 'اختر مبلغًا أصغر، أو احصل على كيس آخر.' },
  'over-count': { what: 'أتمّ هذا الكيس كل دفعاته.', todo: 'احصل على كيس آخر.' },
  'no-trust-bundle': {
    what: 'لا تستطيع محفظتك التحقق من المتاجر بعد.',
    todo: 'اتصل مرة واحدة ثم امسح مجددًا.',
  },
  'storage-failed': {
    what: 'لم يستطع هذا الجهاز الحفظ.',
    todo: 'لم يُعرض شيء. أفرغ بعض المساحة وحاول مجددًا.',
  },
  'storage-damaged': {
    what: 'تعذّرت قراءة مفتاح هذا الكيس.',
    todo: 'احصل على كيس جديد. ما بقي يعود إلى حسابك.',
  },
  'clearing-unreachable': { what: 'لا رد من الشبكة.', todo: 'تحقق من اتصالك وحاول مجددًا.' },
  'clearing-answer-invalid': { what: 'لم يأتِ الرد من غرفة المقاصة.', todo: 'جرّب شبكة أخرى.' },
  'amount-invalid': { what: 'لا يمكن دفع هذا المبلغ.', todo: 'اختر مبلغًا آخر.' },
  'picture-without-code': { what: 'لا رمز في هذه الصورة.', todo: 'اختر صورة أوضح.' },
  'several-codes': { what: 'يوجد أكثر من رمز.', todo: 'اعرض واحدًا فقط.' },
  'not-signed-in': { what: 'أنت خارج الحساب.', todo: 'سجّل الدخول مجددًا.' },
  'not-allowed': { what: 'لا يُسمح لحسابك بهذا.', todo: 'اسأل مزوّد الخدمة.' },
  'locked-out': { what: 'كلمات مرور خاطئة كثيرة.', todo: 'انتظر قليلًا ثم حاول مجددًا.' },
  'wrong-credentials': { what: 'اسم المستخدم أو كلمة المرور خطأ.', todo: 'تحقق منهما وحاول مجددًا.' },
  'bad-request': { what: 'لم تقبل غرفة المقاصة هذا.', todo: 'تحقق مما كتبته.' },
  'not-found': { what: 'هذا لا يخص محفظتك.', todo: 'تحقق من أنه إيصالك.' },
  'too-large': { what: 'هذه الصورة كبيرة جدًا.', todo: 'اختر صورة أصغر.' },
  'too-many-requests': { what: 'محاولات كثيرة جدًا.', todo: 'انتظر لحظة ثم حاول مجددًا.' },
  'exists-with-different-content': { what: 'طُلب هذا من قبل بشكل مختلف.', todo: 'ابدأ من جديد.' },
  'user-name-taken': { what: 'اسم المستخدم هذا محجوز.', todo: 'اختر اسمًا آخر.' },
  'password-too-weak': { what: 'كلمة المرور هذه سهلة التخمين.', todo: 'استخدم بضع كلمات لا صلة بينها.' },
  'not-enough-money': { what: 'في حسابك أقل من ذلك.', todo: 'اختر مبلغًا أصغر.' },
  'purse-limit': {
    what: 'هذا كثير على كيس واحد، أو لديك أكياس كثيرة.',
    todo: 'اختر مبلغًا أصغر، أو استنفد كيسًا.',
  },
  unavailable: { what: 'هذا لا يعمل الآن.', todo: 'حاول مجددًا بعد لحظة.' },
};

export const purseRefusals: PurseRefusalWords = {
  'certificate-expired': { what: 'انتهت مدة كيسك.', todo: 'احصل على كيس جديد. ما بقي يعود إلى حسابك.' },
  'certificate-not-yet-valid': { what: 'كيسك غير صالح بعد.', todo: 'اضبط ساعة هذا الجهاز.' },
  revoked: { what: 'كيسك محظور.', todo: 'احصل على كيس جديد، أو اسأل مزوّد الخدمة.' },
};

export const reasons: ReasonWords = {
  malformed: 'تعذّرت قراءة ما أرسله المتجر.',
  'bad-signature': 'لم يكن التوقيع صحيحًا.',
  'unknown-issuer': 'المُصدر غير معروف.',
  'unknown-purse': 'الكيس غير معروف.',
  expired: 'كانت مدة الكيس قد انتهت.',
  revoked: 'كان الكيس محظورًا.',
  'currency-mismatch': 'لم تتطابق العملة.',
  'over-cap': 'كان أكثر مما يسمح به الرمز.',
  'invoice-mismatch': 'لم يطابق طلب المتجر.',
  conflict: 'استُخدم هذا الرمز أكثر من مرة.',
  overspent: 'لم يكن في الكيس ما يكفي.',
  'unknown-payment': 'يُعيد المتجر دفعة غير معروفة هنا.',
  'payment-rejected': 'رُفضت الدفعة، فلا شيء يُعاد.',
  'over-refunded': 'هذا أكثر مما دُفع.',
  'not-covered': 'لم يكن في حساب المتجر ما يكفي.',
};
